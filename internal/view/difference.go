package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/pkg/plan"
)

// DifferenceText writes what two plans would do differently, for a person who
// approved the old one.
func DifferenceText(w io.Writer, d plan.Difference, s Style) error {
	var b strings.Builder
	if d.Empty() {
		b.WriteString("Both plans would do the same.\n")
	}
	writeOnlyIn(&b, "Only in the old plan:", d.Gone, s)
	writeOnlyIn(&b, "Only in the new plan:", d.New, s)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeOnlyIn(b *strings.Builder, title string, actions []plan.Action, s Style) {
	if len(actions) == 0 {
		return
	}
	fmt.Fprintln(b, title)
	only := plan.Plan{Head: plan.Head{Account: actions[0].Account}, Actions: actions}
	lines := named(linesOf(groupsOf(only)))
	columnsOf(lines).write(b, lines, s)
	fmt.Fprintln(b)
}
