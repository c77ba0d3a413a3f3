package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Drift is the one open issue that a file and a label have while AWS does not
// match the file.
type Drift struct {
	File     string
	Label    string
	Scope    string // what the run was narrowed to: it says nothing of the rest, and has an issue of its own
	Author   string // login whose issues count; "": anybody's
	Title    string
	Markdown string
	Link     string // to the run
}

// issue is an issue that carries our marker.
type issue struct {
	Number int
	Title  string
	Body   string
}

// OpenDrift opens the issue, or updates the one that is open. Two jobs at once
// may both open one; the older stays.
func (c *Client) OpenDrift(ctx context.Context, d Drift) (Outcome, error) {
	own, err := c.findDrift(ctx, d)
	if err != nil {
		return "", err
	}
	if len(own) > 0 {
		return c.updateDrift(ctx, d, own[0])
	}
	err = send(d.body, func(body string) error {
		_, err := c.call(ctx, http.MethodPost, c.issues(), map[string]string{"title": d.Title, "body": body}, nil)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("opening the drift issue of %s: %w", d.File, err)
	}
	own, err = c.findDrift(ctx, d)
	if err != nil || len(own) < 2 {
		return Created, err
	}
	return Created, c.close(ctx, own[1:])
}

// CloseDrift closes the issue; Unchanged means that none was open.
func (c *Client) CloseDrift(ctx context.Context, d Drift) (Outcome, error) {
	own, err := c.findDrift(ctx, d)
	if err != nil || len(own) == 0 {
		return Unchanged, err
	}
	var told error
	for _, i := range own {
		path := c.issues() + "/" + strconv.Itoa(i.Number) + "/comments"
		err := send(d.text, func(body string) error {
			_, err := c.call(ctx, http.MethodPost, path, map[string]string{"body": body}, nil)
			return err
		})
		if err != nil {
			told = errors.Join(told, fmt.Errorf("commenting on issue %d: %w", i.Number, err))
		}
	}
	return Updated, errors.Join(told, c.close(ctx, own))
}

func (c *Client) updateDrift(ctx context.Context, d Drift, there issue) (Outcome, error) {
	if there.Title == d.Title && textOf(there.Body) == textOf(d.body(limits()[0])) {
		return Unchanged, nil
	}
	err := send(d.body, func(body string) error {
		return c.patch(ctx, there.Number, map[string]string{"title": d.Title, "body": body})
	})
	if err != nil {
		return "", fmt.Errorf("updating issue %d: %w", there.Number, err)
	}
	return Updated, nil
}

func (c *Client) close(ctx context.Context, list []issue) error {
	for _, i := range list {
		if err := c.patch(ctx, i.Number, map[string]string{"state": "closed", "state_reason": "completed"}); err != nil {
			return fmt.Errorf("closing issue %d: %w", i.Number, err)
		}
	}
	return nil
}

func (c *Client) patch(ctx context.Context, number int, change map[string]string) error {
	_, err := c.call(ctx, http.MethodPatch, c.issues()+"/"+strconv.Itoa(number), change, nil)
	return err
}

func (c *Client) issues() string { return "/repos/" + c.Repository + "/issues" }

// findDrift lists the open issues of this file, label and scope, the oldest
// first. Anybody can open one that looks like ours, so only the author's count.
func (c *Client) findDrift(ctx context.Context, d Drift) ([]issue, error) {
	var own []issue
	for page := 1; ; page++ {
		var answer []struct {
			issue
			User        user `json:"user"`
			PullRequest any  `json:"pull_request"`
		}
		query := url.Values{"state": {"open"}, "per_page": {"100"}, "page": {strconv.Itoa(page)}}
		header, err := c.call(ctx, http.MethodGet, c.issues()+"?"+query.Encode(), nil, &answer)
		if err != nil {
			return nil, fmt.Errorf("listing open issues: %w", err)
		}
		for _, a := range answer {
			m, ok := readMarker(a.Body)
			if ok && a.PullRequest == nil && d.is(m) && (d.Author == "" || d.Author == a.User.Login) {
				own = append(own, a.issue)
			}
		}
		if !strings.Contains(header.Get("Link"), `rel="next"`) {
			slices.SortFunc(own, func(a, b issue) int { return cmp.Compare(a.Number, b.Number) })
			return own, nil
		}
	}
}

func (d Drift) is(m marker) bool {
	return m.Drift && m.File == d.File && m.Label == d.Label && m.Scope == d.Scope
}

func (d Drift) body(limit int) string {
	first := marker{File: d.File, Label: d.Label, Scope: d.Scope, Drift: true}.String()
	return first + d.text(limit-len(first))
}

func (d Drift) text(limit int) string {
	return Cut(withLink(d.Markdown, d.Link), limit, "The rest is left out: an issue has a limited length. The whole text is in the run's summary.")
}
