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
// any place, so that a page never depends on what was there before it.
type table[T keyed] struct {
	byKey map[string]T
	keys  []string
	items []T // in the order of keys
}

func (t *table[T]) get(key string) (T, bool) {
	v, ok := t.byKey[key]
	return v, ok
}

func (t *table[T]) put(v T) {
	key := v.key()
	if t.byKey == nil {
		t.byKey = map[string]T{}
	}
	at, there := slices.BinarySearch(t.keys, key)
	if there {
		t.items[at] = v
	} else {
		t.keys, t.items = slices.Insert(t.keys, at, key), slices.Insert(t.items, at, v)
	}
	t.byKey[key] = v
}

func (t *table[T]) remove(key string) {
	if _, ok := t.byKey[key]; !ok {
		return
	}
	delete(t.byKey, key)
	at, _ := slices.BinarySearch(t.keys, key)
	t.keys, t.items = slices.Delete(t.keys, at, at+1), slices.Delete(t.items, at, at+1)
}

func (t *table[T]) len() int { return len(t.keys) }

// after walks what sorts behind key; all of it for the empty key.
func (t *table[T]) after(key string) iter.Seq[T] {
	at := 0
	if key != "" {
		at = sort.SearchStrings(t.keys, key+"\x00")
	}
	return slices.Values(t.items[at:])
}

func (t *table[T]) all() iter.Seq[T] { return t.after("") }

// MarshalJSON writes the resources as a list in the order of their ids.
func (t *table[T]) MarshalJSON() ([]byte, error) {
	return json.Marshal(append([]T{}, t.items...))
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
