package state

import "time"

// AnyRegion stands in a price table for every Region that has no line of its own.
const AnyRegion = "*"

// Prices are what a team pays, in USD. They come from a file of theirs; amisync
// knows none of its own, because a price that is not known is not invented.
type Prices struct {
	Storage  map[string]float64            // Region or AnyRegion → a GiB of standard snapshot for a month
	Transfer map[string]map[string]float64 // source Region → destination Region → a GiB moved
	Timed    []TimedPrice                  // time-based copies, the shortest first
}

// TimedPrice is the surcharge of time-based copies of at least a duration, up
// to the next one (EBS User Guide, Time-based copies).
type TimedPrice struct {
	AtLeast time.Duration
	GiB     float64
}

// StorageIn is the price of a GiB-month in a Region.
func (p Prices) StorageIn(region string) (float64, bool) { return find(p.Storage, region) }

// TransferTo is the price of moving a GiB. Within a Region nothing is moved
// that is charged (EC2 User Guide, Copy an AMI).
func (p Prices) TransferTo(from, to string) (float64, bool) {
	if from == to {
		return 0, true
	}
	table, ok := find(p.Transfer, from)
	if !ok {
		return 0, false
	}
	return find(table, to)
}

// TimedWithin is the surcharge of a copy that must end within a duration; 0 is
// best effort and free.
func (p Prices) TimedWithin(d time.Duration) (float64, bool) {
	if d == 0 {
		return 0, true
	}
	price, ok := 0.0, false
	for _, t := range p.Timed {
		if t.AtLeast <= d {
			price, ok = t.GiB, true
		}
	}
	return price, ok
}

func find[T any](table map[string]T, region string) (T, bool) {
	if v, ok := table[region]; ok {
		return v, true
	}
	v, ok := table[AnyRegion]
	return v, ok
}
