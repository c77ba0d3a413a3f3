package aws

import (
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
)

// pages follows the tokens of a list to its end. Pages may be short or empty
// while there is a next one, and an empty token ends the list as a missing one
// does (EC2 API Reference, "Query requests", Pagination). A token that comes
// again would never end, and what it hides would be missing.
func pages[T any](next func(token *string) ([]T, *string, error)) ([]T, error) {
	var all []T
	var token *string
	seen := map[string]bool{}
	for {
		items, more, err := next(token)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if sdk.ToString(more) == "" {
			return all, nil
		}
		if seen[*more] {
			return nil, &badAnswerError{why: "the list does not end: a page's nextToken came before"}
		}
		seen[*more] = true
		token = more
	}
}

// distinct reads what was found, sorted by id. A list that changes while it is
// paged through may show the same thing twice.
func distinct[F, T any](found []F, read func(F) T, id func(T) string) []T {
	list := make([]T, 0, len(found))
	for _, f := range found {
		list = append(list, read(f))
	}
	slices.SortFunc(list, func(a, b T) int { return strings.Compare(id(a), id(b)) })
	return slices.CompactFunc(list, func(a, b T) bool { return id(a) == id(b) })
}
