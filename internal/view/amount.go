package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/amisync/amisync/pkg/plan"
)

// day is a date in a plan: what is due on it is due by AWS's clock, in UTC.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// gib is a size in GiB with at most one decimal.
func gib(n float64) string {
	if n > 0 && n < 0.05 {
		return "under 0.1 GiB"
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " GiB"
}

func dollars(n float64) string {
	if n > 0 && n < 0.005 {
		return "under $0.01"
	}
	return fmt.Sprintf("$%.2f", n)
}

// estimate is what an action moves and costs, or what a removal frees. Money
// is told only where prices are known.
func estimate(a plan.Action) string {
	e := a.Estimate
	switch {
	case a.Kind == plan.Deregister || a.Kind == plan.DeleteSnapshot:
		return freed(e)
	case e.GiB == 0 && e.Once == nil && e.Monthly == nil:
		return ""
	}
	text := size(e)
	if cost := money(e); cost != "" {
		text += ", " + cost
	}
	return text
}

// size says so where only a bound is known.
func size(e plan.Estimate) string {
	if e.UpperBound {
		return "up to " + gib(e.GiB)
	}
	return gib(e.GiB)
}

// freed is always an upper bound: blocks of a snapshot that others still use
// stay stored (EBS User Guide, Delete an Amazon EBS snapshot).
func freed(e plan.Estimate) string {
	if e.GiB == 0 {
		return ""
	}
	text := "frees up to " + gib(e.GiB)
	if e.Monthly != nil {
		text += ", " + dollars(*e.Monthly) + " a month"
	}
	return text
}

func money(e plan.Estimate) string {
	var parts []string
	if e.Once != nil {
		parts = append(parts, dollars(*e.Once)+" once")
	}
	if e.Monthly != nil {
		parts = append(parts, dollars(*e.Monthly)+" a month")
	}
	return strings.Join(parts, " and ")
}
