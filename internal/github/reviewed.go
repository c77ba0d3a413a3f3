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
		for _, m := range merged {
			found, err := c.reviewedIn(ctx, r, m)
			if err != nil {
				return nil, fmt.Errorf("reading the comments of pull request %d: %w", m.Number, err)
			}
			ids = append(ids, found...)
		}
		if !more {
			slices.Sort(ids)
			return slices.Compact(ids), nil
		}
	}
}

// merged is a pull request that was merged.
type merged struct {
	Number    int        `json:"number"`
	UpdatedAt time.Time  `json:"updated_at"`
	MergedAt  *time.Time `json:"merged_at"` // nil: it was only closed
	Head      struct {
		SHA string `json:"sha"`
	} `json:"head"`
}

// mergedPage lists the pull requests of one page that count, and says whether
// an older page may have some.
func (c *Client) mergedPage(ctx context.Context, r Review, page int) (found []merged, more bool, err error) {
	var answer []merged
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
			return found, false, nil
		}
		if p.MergedAt != nil && !p.MergedAt.Before(r.Since) {
			found = append(found, p)
		}
	}
	return found, strings.Contains(header.Get("Link"), `rel="next"`), nil
}

// reviewedIn reads the ids from the last comment of one pull request. Anybody can
// write a comment that looks like ours, so only the author's count; and only one
// that showed what was merged, before it was.
func (c *Client) reviewedIn(ctx context.Context, r Review, of merged) ([]string, error) {
	s := Sticky{File: r.File, Label: r.Label, Author: r.Author}
	own, err := s.find(ctx, c.PullRequest(of.Number))
	if err != nil || len(own) == 0 {
		return nil, err
	}
	last := own[len(own)-1]
	m, _ := readMarker(last.Body)
	if m.Commit == "" || m.Commit != of.Head.SHA || last.Updated.After(*of.MergedAt) {
		return nil, nil
	}
	return unpackIDs(m.IDs), nil
}
