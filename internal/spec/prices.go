package spec

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/amisync/amisync/pkg/state"
	"gopkg.in/yaml.v3"
)

// pricesDocument is a prices file; docs/prices.md explains it.
type pricesDocument struct {
	Version   int                           `yaml:"version"`
	Storage   map[string]float64            `yaml:"storage"`
	Transfer  map[string]map[string]float64 `yaml:"transfer"`
	TimeBased map[string]float64            `yaml:"timeBased"`
}

// ParsePrices reads a prices file, strictly: an unknown key, a negative price
// or a duration that is none is an error.
func ParsePrices(name string, data []byte) (state.Prices, error) {
	var doc pricesDocument
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&doc); err != nil {
		return state.Prices{}, fmt.Errorf("reading prices from %s: %w", name, err)
	}
	if doc.Version != 1 {
		return state.Prices{}, fmt.Errorf("reading prices from %s: version is %d and must be 1", name, doc.Version)
	}
	prices := state.Prices{Storage: doc.Storage, Transfer: doc.Transfer}
	for _, text := range slices.Sorted(maps.Keys(doc.TimeBased)) {
		from, err := state.ParseDuration(text)
		if err != nil {
			return state.Prices{}, fmt.Errorf("reading prices from %s: timeBased: %w", name, err)
		}
		prices.Timed = append(prices.Timed, state.TimedPrice{AtLeast: from, GiB: doc.TimeBased[text]})
	}
	slices.SortFunc(prices.Timed, func(a, b state.TimedPrice) int { return cmp.Compare(a.AtLeast, b.AtLeast) })
	return prices, doc.check(name)
}

// check refuses prices that are none.
func (d pricesDocument) check(name string) error {
	tables := map[string]map[string]float64{"storage": d.Storage, "timeBased": d.TimeBased}
	for from, table := range d.Transfer {
		tables["transfer."+from] = table
	}
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		for _, key := range slices.Sorted(maps.Keys(tables[table])) {
			if v := tables[table][key]; v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("reading prices from %s: %s.%s is %v and must be a price in USD, 0 or more", name, table, key, v)
			}
		}
	}
	return nil
}
