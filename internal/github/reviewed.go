package github

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// idBytes is the length of an action's id.
const idBytes = 8

// packIDs writes ids as short as text can be: a comment has room for thousands.
// Where they would take more than half of it none is packed, and so none counts
// as reviewed.
func packIDs(of []Shown, limit int) string {
	var ids []string
	for _, a := range of {
		ids = append(ids, a.ID)
	}
	slices.Sort(ids)
	var raw []byte
	for _, id := range slices.Compact(ids) {
		b, err := hex.DecodeString(id)
		if err != nil || len(b) != idBytes {
			continue
		}
		raw = append(raw, b...)
	}
	packed := base64.RawURLEncoding.EncodeToString(raw)
	if len(packed) > limit/2 {
		return ""
	}
	return packed
}

func unpackIDs(packed string) []string {
	raw, err := base64.RawURLEncoding.DecodeString(packed)
	if err != nil {
		return nil
	}
	var ids []string
	for b := range slices.Chunk(raw, idBytes) {
		if len(b) == idBytes {
			ids = append(ids, hex.EncodeToString(b))
		}
	}
	return ids
}

// Review says whose comments of which pull requests count as reviewed.
type Review struct {
	Since  time.Time // pull requests merged before do not count
	Branch string    // that they were merged into
	File   string
	Label  string
	Author string // login that the comments must be of
}

// Reviewed gathers the ids of destructive actions that merged pull requests
// showed. Pull requests come newest change first, and one that was merged since
// was changed since, so the first older one ends the search.
func (c *Client) Reviewed(ctx context.Context, r Review) ([]string, error) {
	var ids []string
	for page := 1; ; page++ {
		merged, more, err := c.mergedPage(ctx, r, page)
		if err != nil {
			return nil, fmt.Errorf("listing merged pull requests: %w", err)
		}
		for _, number := range merged {
			found, err := c.reviewedIn(ctx, r, number)
			if err != nil {
				return nil, fmt.Errorf("reading the comments of pull request %d: %w", number, err)
			}
			ids = append(ids, found...)
		}
		if !more {
			slices.Sort(ids)
			return slices.Compact(ids), nil
		}
	}
}

// mergedPage lists the pull requests of one page that count, and says whether
// an older page may have some.
func (c *Client) mergedPage(ctx context.Context, r Review, page int) (numbers []int, more bool, err error) {
	var answer []struct {
		Number    int        `json:"number"`
		UpdatedAt time.Time  `json:"updated_at"`
		MergedAt  *time.Time `json:"merged_at"`
	}
	query := url.Values{
		"state": {"closed"}, "base": {r.Branch}, "sort": {"updated"}, "direction": {"desc"},
		"per_page": {"100"}, "page": {strconv.Itoa(page)},
	}
	header, err := c.call(ctx, http.MethodGet, "/repos/"+c.Repository+"/pulls?"+query.Encode(), nil, &answer)
	if err != nil {
		return nil, false, err
	}
	for _, p := range answer {
		if p.UpdatedAt.Before(r.Since) {
			return numbers, false, nil
		}
		if p.MergedAt != nil && !p.MergedAt.Before(r.Since) {
			numbers = append(numbers, p.Number)
		}
	}
	return numbers, strings.Contains(header.Get("Link"), `rel="next"`), nil
}

// reviewedIn reads the ids from the comments of one pull request. Anybody can
// write a comment that looks like ours, so only the author's count.
func (c *Client) reviewedIn(ctx context.Context, r Review, number int) ([]string, error) {
	comments, err := c.PullRequest(number).List(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, comment := range comments {
		m, ok := readMarker(comment.Body)
		if ok && comment.Author == r.Author && m.File == r.File && m.Label == r.Label {
			ids = append(ids, unpackIDs(m.IDs)...)
		}
	}
	return ids, nil
}
