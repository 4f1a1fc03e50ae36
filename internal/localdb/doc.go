// Package localdb gives a program a Postgres that it may throw away: for the demo, the development loop, the tests
// and the benchmarks.
//
// It takes the first of these that there is:
//
//  1. the server that DATABASE_URL names. Its own databases are never touched: throw-away ones are created beside
//     them, named heed_tmp_…, and dropped at the end;
//  2. the Postgres binaries of this machine. A fresh cluster listens on 127.0.0.1 at a free port, with a random
//     password, and ends with the process that started it;
//  3. docker, if its engine answers;
//  4. otherwise an error of one line that says what to install.
//
// Nothing here is for data that anyone wants to keep: durability is off unless [Options] asks for it.
package localdb
