package apply

import (
	"github.com/hashicorp/go-multierror"

	"github.com/amisync/amisync/pkg/plan"
)

// Status is what became of an action.
type Status string

// Statuses of results.
const (
	Done       Status = "done"
	Failed     Status = "failed"
	Skipped    Status = "skipped"     // a precondition changed, or a predecessor failed
	InProgress Status = "in_progress" // the copy goes on in AWS; the next run finishes it
	NotStarted Status = "not_started" // the run ended first, or a predecessor is still in progress
	Blocked    Status = "blocked"     // the plan says why
)

// Report is what a run did: one result for every action of its plan, but for
// those that wait for their grace (plan.Action.DueAt), which are not this run's.
type Report struct {
	plan.Head
	Fingerprint string   `json:"fingerprint"`
	Interrupted bool     `json:"interrupted,omitempty"`
	Summary     Summary  `json:"summary"`
	Results     []Result `json:"results"` // in the plan's order
	Err         error    `json:"-"`       // the gathered failures, a *multierror.Error, or nil
}

// Summary counts results by status.
type Summary struct {
	Done       int `json:"done"`
	Failed     int `json:"failed"`
	Skipped    int `json:"skipped"`
	InProgress int `json:"in_progress"`
	NotStarted int `json:"not_started"`
	Blocked    int `json:"blocked"`
}

// AllDone reports whether nothing of the plan is left to do.
func (r Report) AllDone() bool {
	s := r.Summary
	return s.Failed+s.Skipped+s.InProgress+s.NotStarted+s.Blocked == 0 && !r.Interrupted
}

// Result is what became of one action.
type Result struct {
	ID         string    `json:"id"`
	Kind       plan.Kind `json:"kind"`
	Image      string    `json:"image"`
	Account    string    `json:"account"`
	Region     string    `json:"region"`
	Status     Status    `json:"status"`
	AMI        string    `json:"ami_id,omitempty"`
	SnapshotID string    `json:"snapshot_id,omitempty"`
	Error      *Problem  `json:"error,omitempty"`    // failed, skipped, blocked: why
	Warnings   []string  `json:"warnings,omitempty"` // done, and still worth telling
}

// Problem is why an action is not done, for programs and for people.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// report writes down the run.
func (r *run) report(p plan.Plan, l *ledger) *Report {
	rep := &Report{Head: p.Head, Fingerprint: p.Fingerprint, Results: []Result{}}
	rep.GeneratedAt = r.cloud.Now()
	for _, res := range l.results {
		if res != nil {
			rep.Results = append(rep.Results, *res)
			rep.Summary.count(res.Status)
		}
	}
	var errs *multierror.Error
	errs = multierror.Append(errs, l.causes...)
	if r.timedOut() {
		errs = multierror.Append(errs, r.cause())
	}
	rep.Err = errs.ErrorOrNil()
	return rep
}

func (s *Summary) count(status Status) {
	switch status {
	case Done:
		s.Done++
	case Failed:
		s.Failed++
	case Skipped:
		s.Skipped++
	case InProgress:
		s.InProgress++
	case NotStarted:
		s.NotStarted++
	case Blocked:
		s.Blocked++
	}
}
