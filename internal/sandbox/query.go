package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds on a Query request. The largest honest one is a ModifyImageAttribute
// with 10,000 ARNs; what is larger costs no more than its reading. Large ones
// are looked at a few at a time, as a parsed body takes some ten times its size.
const (
	maxBody       = 2 << 20
	largeBody     = 64 << 10
	largeAtOnce   = 4
	maxParameters = 25_000
	maxIndex      = 100_000
	maxDepth      = 10
)

// param is a node of a request's parameters: Filter.1.Value.2 is a path.
type param struct {
	value string
	leaf  bool
	kids  map[string]*param
}

// parseQuery reads a form-encoded request into its parameters. What the
// protocol adds, the signature, is left out.
func parseQuery(body string) (map[string]string, error) {
	if strings.Count(body, "&") >= maxParameters {
		return nil, fail("MalformedQueryString", "The query string has more than %d parameters", maxParameters)
	}
	params := make(map[string]string, strings.Count(body, "&")+1)
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		name, value, err := unescapePair(pair)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "X-Amz-") {
			continue
		}
		if _, twice := params[name]; twice {
			return nil, fail("InvalidParameterCombination", "The parameter %s is given more than once", name)
		}
		params[name] = value
	}
	return params, nil
}

func unescapePair(pair string) (name, value string, err error) {
	name, value, _ = strings.Cut(pair, "=")
	name, err1 := url.QueryUnescape(name)
	value, err2 := url.QueryUnescape(value)
	switch {
	case err1 != nil || err2 != nil:
		return "", "", fail("MalformedQueryString", "The query string contains a syntax error")
	case !utf8.ValidString(name) || !utf8.ValidString(value):
		return "", "", fail("MalformedQueryString", "The query string is not valid UTF-8")
	case strings.Count(name, ".") >= maxDepth || len(name) > 512:
		return "", "", fail("UnknownParameter", "The parameter %.80s is not recognized", name)
	}
	return name, value, nil
}

// treeOf arranges flat parameters by their paths.
func treeOf(params map[string]string) *param {
	root := &param{}
	for name, value := range params {
		node := root
		for part := range strings.SplitSeq(name, ".") {
			if node.kids == nil {
				node.kids = map[string]*param{}
			}
			next := node.kids[part]
			if next == nil {
				next = &param{}
				node.kids[part] = next
			}
			node = next
		}
		node.value, node.leaf = value, true
	}
	return root
}

// list is the elements of a flattened list in the order of their numbers.
// Numbers may have gaps: only their order counts.
func (p *param) list(path string) ([]*param, []string, error) {
	type element struct {
		number int
		name   string
	}
	order := make([]element, 0, len(p.kids))
	for name := range p.kids {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n > maxIndex || strconv.Itoa(n) != name {
			return nil, nil, fail("UnknownParameter", "The parameter %s.%s is not recognized", path, name)
		}
		order = append(order, element{n, name})
	}
	slices.SortFunc(order, func(a, b element) int { return a.number - b.number })
	nodes := make([]*param, len(order))
	paths := make([]string, len(order))
	for i, e := range order {
		nodes[i], paths[i] = p.kids[e.name], path+"."+e.name
	}
	return nodes, paths, nil
}
