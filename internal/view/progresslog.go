package view

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/fatih/color"

	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/state"
)

// heartbeat is the longest silence in a log while something runs: CI systems
// and people take a longer one for a hang.
const heartbeat = time.Minute

// progressLog writes a line when an action starts or ends, and says what it is
// waiting for when that takes long.
type progressLog struct {
	options ProgressOptions

	mu      sync.Mutex // guards all below: the timer runs beside Observe
	w       io.Writer
	regions map[state.Target]*work
	timer   *time.Timer
	last    time.Time // of the last line, by the engine's clock
	closed  bool
}

func newLog(w io.Writer, o ProgressOptions) *progressLog {
	p := &progressLog{options: o, w: w, regions: map[state.Target]*work{}, last: o.Now()}
	p.timer = time.AfterFunc(heartbeat, p.tick)
	return p
}

// Observe writes what changed.
func (p *progressLog) Observe(e apply.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	t := state.Target{Account: e.Action.Account, Region: e.Action.Region}
	if p.regions[t] == nil {
		p.regions[t] = newWork(t)
	}
	p.regions[t].observe(e)
	switch {
	case told(e):
		p.write(e.At, eventLine(e, p.options.Style))
	case e.At.Sub(p.last) >= heartbeat: // an engine on a clock of its own may outrun the timer
		p.beat(e.At)
	}
}

// Close stops the heartbeat. Nothing is written after it.
func (p *progressLog) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.timer.Stop()
}

func (p *progressLog) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.beat(p.options.Now())
	p.timer.Reset(heartbeat)
}

func (p *progressLog) write(at time.Time, line string) {
	fmt.Fprintln(p.w, line)
	p.last = at
	p.timer.Reset(heartbeat)
}

// mostRegions is how many Regions a heartbeat names.
const mostRegions = 3

// beat says what is running, if anything is.
func (p *progressLog) beat(at time.Time) {
	running, regions := 0, []string{}
	var total work
	var left time.Duration
	for _, w := range worked(p.regions) {
		if len(w.running) == 0 {
			continue
		}
		running += len(w.running)
		total.total, total.done = total.total+w.total, total.done+w.done
		left = max(left, w.left())
		regions = append(regions, fmt.Sprintf("%s %s %d%%%s", clean(w.target.Region), w.what(), w.percent(), w.held()))
	}
	if running == 0 {
		return
	}
	text := fmt.Sprintf("%d running, %d%% of %s", running, total.percent(), gib(total.total))
	if left > 0 {
		text += ", " + about(left) + " left"
	}
	text += ": " + strings.Join(regions[:min(len(regions), mostRegions)], ", ")
	if more := len(regions) - mostRegions; more > 0 {
		text += fmt.Sprintf(" and %d more Regions", more)
	}
	p.write(at, stamp(at)+"  "+pad("waiting", statusWidth)+"  "+text)
}

// told reports whether an event is worth a line. What is blocked stood in the
// plan already.
func told(e apply.Event) bool {
	if e.Result != nil && e.Result.Status == apply.Blocked {
		return false
	}
	return e.Phase == apply.Started || e.Phase == apply.Ended
}

// statusWidth is that of the longest status.
const statusWidth = len("in progress")

func stamp(t time.Time) string { return t.UTC().Format("15:04:05") }

// eventLine is one change: when, what became of it, which action, and why not.
func eventLine(e apply.Event, s Style) string {
	word, paint := string(e.Phase), []color.Attribute(nil)
	if e.Result != nil {
		word, paint = statusWord(e.Result.Status), statusPaint(e.Result.Status)
	}
	text := fmt.Sprintf("%s  %s  %s", stamp(e.At), s.paint(pad(word, statusWidth), paint...), wordOf(e.Action.Kind))
	if e.Action.Image != "" {
		text += " " + clean(e.Action.Image)
	}
	text += " in " + clean(e.Action.Region)
	for _, more := range eventDetails(e) {
		text += "  " + more
	}
	return text
}

func eventDetails(e apply.Event) []string {
	var out []string
	switch {
	case e.Result != nil && e.Result.AMI != "":
		out = append(out, clean(e.Result.AMI))
	case e.AMI != "":
		out = append(out, clean(e.AMI))
	case e.Action.AMI != "" || e.Action.SnapshotID != "":
		out = append(out, subject(e.Action))
	}
	if e.Phase == apply.Started && e.GiB > 0 {
		out = append(out, gib(e.GiB))
	}
	if e.Result != nil && e.Result.Error != nil {
		out = append(out, clean(e.Result.Error.Text))
	}
	return out
}
