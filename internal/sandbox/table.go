package sandbox

import (
	"encoding/json"
	"iter"
	"slices"
	"sort"
)

// keyed is what a table can hold.
type keyed interface{ key() string }

// table holds resources by id and walks them in the order of their ids, from
// any place, so that a page never depends on what was there before it. The
// order is kept in blocks: putting one among 50,000 moves a few hundred.
type table[T keyed] struct {
	byKey  map[string]T
	blocks [][]T // none is empty; ascending within and across
}

const blockSize = 512 // a block of twice as many is split

func (t *table[T]) get(key string) (T, bool) {
	v, ok := t.byKey[key]
	return v, ok
}

// find is the block and the place in it of the first key that is not smaller.
func (t *table[T]) find(key string) (block, at int) {
	block = sort.Search(len(t.blocks), func(i int) bool {
		b := t.blocks[i]
		return b[len(b)-1].key() >= key
	})
	if block < len(t.blocks) {
		b := t.blocks[block]
		at = sort.Search(len(b), func(i int) bool { return b[i].key() >= key })
	}
	return block, at
}

func (t *table[T]) put(v T) {
	key := v.key()
	if t.byKey == nil {
		t.byKey = map[string]T{}
	}
	_, there := t.byKey[key]
	t.byKey[key] = v
	block, at := t.find(key)
	switch {
	case there:
		t.blocks[block][at] = v
		return
	case len(t.blocks) == 0:
		t.blocks = [][]T{{v}}
		return
	case block == len(t.blocks):
		block--
		at = len(t.blocks[block])
	}
	b := slices.Insert(t.blocks[block], at, v)
	t.blocks[block] = b
	if len(b) >= 2*blockSize {
		t.blocks[block] = b[:blockSize:blockSize]
		t.blocks = slices.Insert(t.blocks, block+1, slices.Clone(b[blockSize:]))
	}
}

func (t *table[T]) remove(key string) {
	if _, ok := t.byKey[key]; !ok {
		return
	}
	delete(t.byKey, key)
	block, at := t.find(key)
	t.blocks[block] = slices.Delete(t.blocks[block], at, at+1)
	if len(t.blocks[block]) == 0 {
		t.blocks = slices.Delete(t.blocks, block, block+1)
	}
}

func (t *table[T]) len() int { return len(t.byKey) }

// after walks what sorts behind key; all of it for the empty key.
func (t *table[T]) after(key string) iter.Seq[T] {
	return func(yield func(T) bool) {
		block, at := 0, 0
		if key != "" {
			block, at = t.find(key + "\x00")
		}
		for ; block < len(t.blocks); block, at = block+1, 0 {
			for _, v := range t.blocks[block][at:] {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func (t *table[T]) all() iter.Seq[T] { return t.after("") }

// MarshalJSON writes the resources as a list in the order of their ids.
func (t *table[T]) MarshalJSON() ([]byte, error) {
	return json.Marshal(slices.AppendSeq([]T{}, t.all()))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *table[T]) UnmarshalJSON(data []byte) error {
	var list []T
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*t = table[T]{}
	for _, v := range list {
		t.put(v)
	}
	return nil
}
