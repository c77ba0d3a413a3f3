package sandbox

import (
	"cmp"
	"encoding/base64"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// pager cuts a list into pages as the request and the scene ask for.
type pager struct {
	max   int // 0: no pagination was asked for
	last  string
	began bool // an empty page was given for this place already
	print string
	pages Pages
	turn  uint64
}

// newPager reads MaxResults and NextToken; lo and hi bound MaxResults.
func (k *call) newPager(maxResults *int, token string, lo, hi int) (*pager, error) {
	k.cloud.walks++
	p := &pager{print: k.fingerprint(), pages: k.cloud.st.Settings.Pages, turn: uint64(k.cloud.walks)}
	if maxResults != nil {
		if *maxResults < lo || *maxResults > hi {
			return nil, fail("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", *maxResults, lo, hi)
		}
		p.max = *maxResults
	}
	if token == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	parts := strings.SplitN(string(raw), "|", 3)
	if err != nil || len(parts) != 3 || parts[0] != p.print {
		return nil, fail("InvalidPaginationToken", "The specified pagination token is not valid.")
	}
	p.began, p.last = parts[1] == "e", parts[2]
	return p, nil
}

// fingerprint ties a token to the request that it continues.
func (k *call) fingerprint() string {
	words := []string{k.op, k.reg.Name, k.acct.ID}
	for _, name := range slices.Sorted(maps.Keys(k.params)) {
		if name != "NextToken" && name != "MaxResults" {
			words = append(words, name, k.params[name])
		}
	}
	return digest(words...)[:12]
}

func (p *pager) token(mark, last string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.print + "|" + mark + "|" + last))
}

// cut takes the next page from sources that each are in the order of the key
// and start behind p.last. It returns the page and the token of the next one.
func cut[T keyed](p *pager, match func(T) bool, sources ...iter.Seq[T]) ([]T, string) {
	size := p.max
	if p.max > 1 && p.pages.Short {
		size = (p.max + 1) / 2
	}
	if p.max > 0 && p.pages.Empty && !p.began {
		return nil, p.token("e", p.last)
	}
	var page []T
	for _, source := range sources {
		n := 0
		for v := range source {
			if !match(v) {
				continue
			}
			page = append(page, v)
			if n++; size > 0 && n > size {
				break
			}
		}
	}
	if len(sources) > 1 {
		slices.SortFunc(page, func(a, b T) int { return cmp.Compare(a.key(), b.key()) })
	}
	next := ""
	if size > 0 && len(page) > size {
		page = page[:size]
		next = p.token("", page[size-1].key())
	}
	if p.pages.Shuffled {
		rng := rand.New(rand.NewPCG(p.turn, 1))
		rng.Shuffle(len(page), func(i, j int) { page[i], page[j] = page[j], page[i] })
	}
	return page, next
}
