//go:build unix

package sandbox_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime reports the processor time of a benchmark beside its duration, which
// on a busy machine says little. Call it at the start, and the result at the end.
func cpuTime(b *testing.B) func(n int) {
	b.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := used()
	return func(n int) { b.ReportMetric(float64(used()-began)/float64(n)/1e6, "cpu-ms/op") }
}
