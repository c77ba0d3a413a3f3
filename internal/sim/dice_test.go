package sim

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// hash is a number that depends on nothing but its arguments.
func hash(seed uint64, words ...string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	_, _ = h.Write(b[:])
	for _, w := range words {
		_, _ = h.Write([]byte(w))
		_, _ = h.Write([]byte{0})
	}
	// FNV leaves near words near each other: mix (the finalizer of SplitMix64).
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// dice are thrown for one purpose. Those for another purpose do not change when
// these are thrown more often.
type dice struct{ *rand.Rand }

func newDice(seed uint64, words ...string) dice {
	return dice{rand.New(rand.NewPCG(seed, hash(seed, words...)))}
}

// chance is true in p of all cases.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between is a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// within is a duration up to longest.
func (d dice) within(longest time.Duration) time.Duration {
	return time.Duration(d.Int64N(int64(longest)))
}

// one picks an element.
func one[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// some picks n different elements, in the order of the list.
func some[T any](d dice, n int, list []T) []T {
	var out []T
	for i, v := range list {
		if left := len(list) - i; d.IntN(left) < n-len(out) {
			out = append(out, v)
		}
	}
	return out
}
