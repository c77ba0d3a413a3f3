package view

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

// bars shows a bar per Region on a terminal. What did not work is written above
// them and stays. Observe is called from one goroutine at a time; what the
// drawing goroutines of mpb read is handed over in atomics.
type bars struct {
	options  ProgressOptions
	progress *mpb.Progress
	regions  map[state.Target]*regionBar
}

type regionBar struct {
	work   *work
	bar    *mpb.Bar
	status atomic.Pointer[string]
}

func newBars(w io.Writer, o ProgressOptions) *bars {
	options := []mpb.ContainerOption{mpb.WithOutput(w), mpb.WithAutoRefresh()}
	if o.Style.Width > 0 {
		options = append(options, mpb.WithWidth(o.Style.Width))
	}
	return &bars{options: o, progress: mpb.New(options...), regions: map[state.Target]*regionBar{}}
}

// Observe moves the bar of the event's Region.
func (b *bars) Observe(e apply.Event) {
	r := b.region(state.Target{Account: e.Action.Account, Region: e.Action.Region})
	r.work.observe(e)
	status := r.work.status(e.At)
	r.status.Store(&status)
	r.bar.SetTotal(parts(r.work.total), false)
	r.bar.SetCurrent(parts(r.work.done))
	if told(e) && e.Result != nil && e.Result.Error != nil {
		fmt.Fprintln(b.progress, eventLine(e, b.options.Style))
	}
}

// Close leaves the bars as they are.
func (b *bars) Close() {
	for _, r := range b.regions {
		r.bar.Abort(false)
	}
	b.progress.Wait()
}

// barWidth leaves room beside the bar; on a narrow terminal it shrinks.
const barWidth = 20

func (b *bars) region(t state.Target) *regionBar {
	if r, ok := b.regions[t]; ok {
		return r
	}
	r := &regionBar{work: newWork(t)}
	status := ""
	r.status.Store(&status)
	r.bar = b.progress.New(0, mpb.BarStyle(), mpb.BarWidth(barWidth),
		mpb.PrependDecorators(decor.Name(clean(t.Region), decor.WCSyncWidthR)),
		mpb.AppendDecorators(
			decor.NewPercentage("%d", decor.WC{W: 4}),
			decor.Any(func(decor.Statistics) string { return "  " + *r.status.Load() }),
		))
	b.regions[t] = r
	return r
}

// parts is an amount of work in the whole numbers that bars count in.
func parts(gib float64) int64 { return int64(gib / leastWork) }
