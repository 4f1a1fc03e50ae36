// Package simulator is a local double of AWS End User Messaging SMS (the API pinpoint-sms-voice-v2), kept in memory
// ([New]) or in a directory as well ([Open]).
//
// It keeps the rules that AWS states (patterns, lengths, quotas, who may be deleted, 30 days between opt-out
// deletions, no send to a listed number) and answers with the SDK's own typed errors. A send becomes delivery events
// as AWS would publish them; a person's text becomes the payload of the two-way topic, or AWS's own answer where the
// number is managed.
//
// Every operation is one method of [Simulator] with the SDK's types, written in the file of its resource. The HTTP
// layer finds the methods by reflection, so the Go SDK, the aws CLI and boto3 talk to the double as they do to AWS:
// an operation is added by adding its method.
//
// What goes out of the double (topics, Firehose, log groups) goes to functions that the caller subscribes. Delivery
// waits for [Simulator.Deliver], so that a test chooses the order, the repeats and the delay. A topic also goes out to HTTP
// endpoints ([Simulator.SubscribeHTTP]), signed, to a [Queue] from which an [EventSource] feeds a function, and to a
// function itself ([Simulator.SubscribeFunction]). All chance comes from [Options.Seed] and all time from [Options.Now]
// moved by [Simulator.Advance]; the key of the signatures and what waits for a network are the exceptions.
//
// Faults come on request ([Simulator.Fail], [DeliverOptions]) or at random ([Simulator.SetChaos]). What becomes of a
// message is decided by whom it goes to: see [DestinationSuccess] and the constants beside it.
//
// Where AWS's documentation is silent the double takes one side, and the comment beside the code says so.
package simulator
