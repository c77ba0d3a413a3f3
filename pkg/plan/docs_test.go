package plan_test

import (
	"os"
	"strings"
	"testing"

	"github.com/amisync/amisync/pkg/plan"
)

// TestEveryCodeIsDocumented holds docs/plan.md against the codes.
func TestEveryCodeIsDocumented(t *testing.T) {
	b, err := os.ReadFile("../../docs/plan.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	ofRevision := []plan.Code{
		plan.WarnNotTip, plan.WarnMovedBack, plan.WarnTipUnknown, plan.WarnHistoryUnknown, plan.WarnDiverged,
		plan.WarnLimitsLoosened, plan.WarnPruneLoosened, plan.WarnBaseUnusable,
	}
	for _, code := range append(plan.Codes(), ofRevision...) {
		if !strings.Contains(text, "`"+string(code)+"`") {
			t.Errorf("docs/plan.md does not tell of %s", code)
		}
	}
}
