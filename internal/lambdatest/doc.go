// Package lambdatest runs a Lambda binary on this machine, unmodified, as AWS would: it starts the bootstrap and
// serves it the Lambda Runtime API, from which the bootstrap takes events and to which it gives its answers.
//
// So a test meets the artefact that is deployed, its reading of the environment, its time-outs, panics and crashes
// included, and a development loop can stand in for an event source.
//
// One [Function] is one execution environment: one process, one event at a time. When the process ends, the next
// event starts a fresh one, which is what Lambda does.
package lambdatest
