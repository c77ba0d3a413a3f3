// Package sim is a simulator of histories: the engine and the simulated AWS in
// one process, without sockets, on a virtual clock (testing/synctest), and
// everything from one seed.
//
// A history is a random world and some twenty commits of amis.yaml, each with a
// run of amisync after it. Requests fail in every way that AWS knows, runs are
// killed or stopped, two run at once, AWS does not always do as asked, and
// people meddle with what amisync made: at any time, while it is being made, or
// just before a request of a run (ambush), which may then be refused for minutes.
//
// A judge looks at each request of amisync's before it has its effect and says
// whether amisync may do that, given what it could see: what people did a moment
// before the request was made is excused, and no more than that (sight). What a
// run reports is held against what it did. When all commits are done the faults
// end and the clock goes past every grace: then nothing may be left to do, every
// block that is left must come from what people did to just that, and every
// cell without one must be as the file says, in all that it says.
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
