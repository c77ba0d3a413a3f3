package apply

import (
	"fmt"
	"slices"

	"github.com/amisync/amisync/pkg/plan"
)

// ledger keeps what became of every action, and knows which may start. It is
// owned by Run's goroutine alone.
type ledger struct {
	actions   []plan.Action
	index     map[string]int
	results   []*Result // nil: not ended
	causes    []error   // in the order in which actions ended
	waits     []int     // how many predecessors are not done
	followers map[string][]int
	dropped   []int // ended without having been on their way; blocked ones are not among them
	running   int
}

// newLedger enters the plan. Blocked actions end here. An action that waits for
// its grace (DueAt) is nothing that this run could do: it has no result at all.
func newLedger(actions []plan.Action) *ledger {
	l := &ledger{
		actions: actions, index: map[string]int{}, results: make([]*Result, len(actions)),
		waits: make([]int, len(actions)), followers: map[string][]int{},
	}
	for i, a := range actions {
		l.index[a.ID] = i
	}
	for i, a := range actions {
		if len(a.Blocked) > 0 && a.DueAt == nil {
			first := a.Blocked[0]
			l.results[i] = resultFor(a, Blocked, &Problem{Code: string(first.Code), Text: first.Text()})
		}
		for _, id := range a.After {
			l.waits[i]++
			l.followers[id] = append(l.followers[id], i)
			if _, known := l.index[id]; !known && l.results[i] == nil {
				l.lose(i, Skipped, fmt.Sprintf("action %s, which must come first, is not in this plan", id))
			}
		}
	}
	return l
}

// ready are the tasks that nothing has to come before, in the plan's order.
// What follows an action that does not run is dropped here.
func (l *ledger) ready() []*task {
	for i := range l.actions {
		if l.results[i] != nil {
			l.drop(i)
		}
	}
	var tasks []*task
	for i := range l.actions {
		if l.waits[i] == 0 {
			tasks = l.begin(tasks, i)
		}
	}
	return tasks
}

func (l *ledger) begin(tasks []*task, i int) []*task {
	if l.results[i] != nil || !l.actions[i].Executable() {
		return tasks
	}
	l.running++
	t := &task{Action: l.actions[i], order: i}
	t.Preconditions = l.named(t.Preconditions)
	return append(tasks, t)
}

// named are preconditions with the AMIs filled in that the plan could not name,
// because an action before them was still to make them. One that was not made
// stays without a name, and so does not hold.
func (l *ledger) named(list []plan.Precondition) []plan.Precondition {
	list = slices.Clone(list)
	for n, p := range list {
		i, known := l.index[p.Action]
		if p.ID == "" && known && l.results[i] != nil && l.results[i].Status == Done {
			list[n].ID = l.results[i].AMI
		}
	}
	return list
}

// end enters a result and returns the tasks that may start now.
func (l *ledger) end(t *task, res Result, cause error) []*task {
	l.running--
	l.results[t.order] = &res
	if cause != nil {
		l.causes = append(l.causes, cause)
	}
	if res.Status != Done {
		l.drop(t.order)
		return nil
	}
	var tasks []*task
	for _, i := range l.followers[t.ID] {
		l.waits[i]--
		if l.waits[i] == 0 {
			tasks = l.begin(tasks, i)
		}
	}
	return tasks
}

// drop ends everything that had to come after an action that is not done: it
// is skipped, or where the action only needs more time, not started.
func (l *ledger) drop(i int) {
	status, why := Skipped, "is "+string(l.results[i].Status)
	switch l.results[i].Status {
	case InProgress, NotStarted:
		status, why = NotStarted, "is not done yet"
	case Done, Failed, Skipped, Blocked:
	}
	a := l.actions[i]
	for _, f := range l.followers[a.ID] {
		if l.results[f] != nil || !l.actions[f].Executable() {
			continue
		}
		l.lose(f, status, fmt.Sprintf("%s of %s, which must come first, %s", a.Kind, subject(a), why))
		l.drop(f)
	}
}

// lose ends an action that never was on its way.
func (l *ledger) lose(i int, s Status, why string) {
	l.results[i] = resultFor(l.actions[i], s, &Problem{CodePredecessor, why})
	l.dropped = append(l.dropped, i)
}

// close ends what is left: actions that come after one in grace, or after
// themselves.
func (l *ledger) close() {
	for i, a := range l.actions {
		if l.results[i] == nil && a.Executable() {
			l.lose(i, NotStarted, "what must come first waits for its grace")
		}
	}
}

// resultFor is the result of an action that did not run.
func resultFor(a plan.Action, s Status, p *Problem) *Result {
	return &Result{
		ID: a.ID, Kind: a.Kind, Image: a.Image, Account: a.Account, Region: a.Region,
		Status: s, AMI: a.AMI, SnapshotID: a.SnapshotID, Error: p,
	}
}

// subject names what an action is about.
func subject(a plan.Action) string {
	switch {
	case a.SnapshotID != "":
		return a.SnapshotID
	case a.AMI != "":
		return a.AMI
	default:
		return a.Image
	}
}
