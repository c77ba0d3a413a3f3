// Package sim is a simulator of histories: the engine and the simulated AWS in
// one process, without sockets, on a virtual clock (testing/synctest), and
// everything from one seed.
//
// A history is a random world and some twenty commits of amis.yaml, each with a
// run of amisync after it. Requests fail in every way that AWS knows, runs are
// killed, two run at once, and people meddle with what amisync made. A judge
// looks at each request of amisync's before it has its effect and says whether
// amisync may do that, given what it could see. When all commits are done the
// faults end and the clock goes past every grace: then nothing may be left to
// do, and every block that is left must be one that people caused.
//
// All of it is test code:
//
//	go test ./internal/sim -run TestHistories -seeds 500
//	go test ./internal/sim -run TestHistories -seed 17 -v
//
// A seed always gives the same requests in the same order (TestReplay). What
// would leave that to chance is drawn from the seed instead: each request has a
// latency of its own, hashed from what it asks, and so has an instant of its
// own; faults come from the same hash; back-off has no jitter.
package sim
