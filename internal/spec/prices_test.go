package spec_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/state"
	"github.com/google/go-cmp/cmp"
)

func TestParsePrices(t *testing.T) {
	got, err := spec.ParsePrices("p.yaml", []byte(`
version: 1
storage: {us-east-1: 0.05, "*": 0.06}
transfer: {us-east-1: {eu-west-1: 0.02}}
timeBased: {1h: 0.016, 15m: 0.02}
`))
	want := state.Prices{
		Storage:  map[string]float64{"us-east-1": 0.05, "*": 0.06},
		Transfer: map[string]map[string]float64{"us-east-1": {"eu-west-1": 0.02}},
		Timed:    []state.TimedPrice{{AtLeast: 15 * time.Minute, GiB: 0.02}, {AtLeast: time.Hour, GiB: 0.016}},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestParsePricesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "EOF",
		"version: 2":                           "must be 1",
		"version: 1\nstorrage: {}":             "line 2: field storrage not found",
		"version: 1\nstorage: {a: -1}":         "storage.a is -1",
		"version: 1\ntimeBased: {soon: 1}":     `"soon" is not a duration`,
		"version: 1\ntransfer: {a: {b: .nan}}": "transfer.a.b is NaN",
	} {
		if _, err := spec.ParsePrices("p.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestExamplePrices(t *testing.T) {
	data, err := os.ReadFile("../../examples/prices/prices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	prices, err := spec.ParsePrices("prices.yaml", data)
	if err != nil || len(prices.Timed) == 0 {
		t.Error(prices, err)
	}
}
