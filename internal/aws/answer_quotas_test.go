package aws_test

import (
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// TestQuotas: a raised one, one of nothing, and one that may not be read.
func TestQuotas(t *testing.T) {
	w := newWorld(t, `
quotas: {images: 60000, timeBasedCopy: -1}
`)
	w.AddFault(sandbox.Fault{Service: "servicequotas", Region: "sa-east-1", Code: "AccessDeniedException", Status: 400})
	live := w.read(t)
	query := func(region string, quota state.Quota) state.QuotaQuery {
		return state.QuotaQuery{Account: account, Region: region, Quota: quota}
	}
	images, timed := query("eu-west-1", state.QuotaImages), query("eu-west-1", state.QuotaTimedCopy)
	denied, odd := query("sa-east-1", state.QuotaImages), query("eu-west-1", "ec2/L-00000000")
	got := w.answer(t, plan.Query{Quotas: []state.QuotaQuery{images, timed, denied, odd}}, &live).Quotas
	if a := got[images]; !a.Known() || a.Value != 60_000 {
		t.Errorf("images: %+v", a)
	}
	if a := got[timed]; !a.Known() || a.Value != 0 {
		t.Errorf("time-based copies: %+v", a)
	}
	if a := got[denied]; a.Known() || a.Problem.Code != "AccessDeniedException" {
		t.Errorf("denied: %+v", a)
	}
	if a := got[odd]; a.Known() || a.Problem.Code != "NoSuchResourceException" {
		t.Errorf("no such quota: %+v", a)
	}
}
