package view_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
)

func TestJSONEscapesNoHTML(t *testing.T) {
	p := emptyPlan()
	p.Warnings = []plan.Warning{{Code: "x", Text: "a <b> & c"}}
	p.Actions = []plan.Action{action("1", plan.Copy, "a<b>", "eu-west-1", "", why(plan.Broken, plan.Args{Detail: "a <b> & c"}))}
	var b bytes.Buffer
	if err := view.JSON(&b, p); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `\u00`) || strings.Count(b.String(), "a <b> & c") < 2 {
		t.Errorf("HTML is escaped in JSON:\n%s", b.String())
	}
	if !strings.HasSuffix(b.String(), "}\n") {
		t.Error("JSON does not end with a line break")
	}
}

func TestJSONReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := view.JSON(&b, fullPlan()); err != nil {
		t.Fatal(err)
	}
	var got plan.Plan
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fullPlan(), got); diff != "" {
		t.Errorf("a plan read back is another one (-want +got):\n%s", diff)
	}
}
