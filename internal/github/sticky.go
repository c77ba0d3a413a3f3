package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Comment is a comment on a pull request.
type Comment struct {
	ID     int64
	Author string // login
	Body   string
}

// Comments are the comments of one pull request.
type Comments interface {
	List(ctx context.Context) ([]Comment, error)
	Create(ctx context.Context, body string) error
	Update(ctx context.Context, id int64, body string) error
	Delete(ctx context.Context, id int64) error
	// Head is the pull request's newest commit.
	Head(ctx context.Context) (string, error)
}

// Run says which run of a workflow wrote a comment. GitHub numbers runs upwards.
type Run struct {
	ID      int64
	Attempt int
}

// Compare orders runs by age, the oldest first.
func (r Run) Compare(o Run) int {
	return cmp.Or(cmp.Compare(r.ID, o.ID), cmp.Compare(r.Attempt, o.Attempt))
}

// Sticky is the one comment that a file and a label have on a pull request. Jobs
// of a matrix give each its label and so do not collide.
type Sticky struct {
	File     string
	Label    string
	Run      Run
	Commit   string // the pull request's head that the text is of; "": not known
	Author   string // login whose comments count; "": anybody's
	Markdown string
	Link     string  // to the run; not compared, or no text would ever be unchanged
	Reviewed []Shown // the destructive actions
}

// Shown is an action by its id and by what the text shows it with.
type Shown struct {
	ID   string
	What string // the AMI or snapshot
}

// Outcome is what became of a comment.
type Outcome string

// Outcomes of Post.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged" // the text stood there already
	Outdated  Outcome = "outdated"  // a newer run has written, or will; its text stays
)

// limits are the sizes in bytes that a comment is tried in. GitHub takes about
// 65,536 characters and says 422 to more.
func limits() []int { return []int{59_999, 30_000, 10_000} }

// Post writes the comment: anew where there is none, else in place. An older run
// never overwrites a newer one's text, and text that stands there already is not
// sent again. So the comment does not name every run that found it right: whether
// a run is an old one shows by the pull request's head, too.
func Post(ctx context.Context, c Comments, s Sticky) (Outcome, error) {
	own, err := s.find(ctx, c)
	if err != nil {
		return "", err
	}
	if len(own) > 0 {
		newest := own[len(own)-1]
		switch {
		case newest.run.Compare(s.Run) > 0:
			return Outdated, nil
		case sameText(newest.Body, s):
			return Unchanged, nil
		}
	}
	if outdated, err := s.outdated(ctx, c); err != nil || outdated {
		return Outdated, err
	}
	if len(own) == 0 {
		return s.create(ctx, c)
	}
	newest := own[len(own)-1]
	err = s.send(func(body string) error { return c.Update(ctx, newest.ID, body) })
	return Updated, err
}

// outdated reports whether the pull request went on since the text was made.
func (s Sticky) outdated(ctx context.Context, c Comments) (bool, error) {
	if s.Commit == "" {
		return false, nil
	}
	head, err := c.Head(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the pull request's head: %w", err)
	}
	return head != s.Commit, nil
}

// PostNew always writes a new comment.
func PostNew(ctx context.Context, c Comments, s Sticky) (Outcome, error) {
	return Created, s.send(func(body string) error { return c.Create(ctx, body) })
}

// create writes the first comment. Two jobs at once may both find none; what
// both wrote is seen afterwards, and only the newest run's stays.
func (s Sticky) create(ctx context.Context, c Comments) (Outcome, error) {
	if err := s.send(func(body string) error { return c.Create(ctx, body) }); err != nil {
		return "", err
	}
	own, err := s.find(ctx, c)
	if err != nil || len(own) < 2 {
		return Created, err
	}
	last := len(own) - 1
	for _, older := range own[:last] {
		if err := c.Delete(ctx, older.ID); err != nil && statusOf(err) != statusNotFound {
			return "", fmt.Errorf("deleting an older comment of %s: %w", s.File, err)
		}
	}
	if own[last].run != s.Run {
		return Outdated, nil
	}
	return Created, nil
}

// send writes a body, shorter where GitHub finds it too long.
func (s Sticky) send(write func(body string) error) error {
	var err error
	for _, limit := range limits() {
		if err = write(s.body(limit)); statusOf(err) != statusUnprocessable {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("writing the comment of %s: %w", s.File, err)
	}
	return nil
}

// marked is a comment of this file and label.
type marked struct {
	Comment
	run Run
}

// find lists the comments of this file and label, the newest run's last and of
// one run's the first one last.
func (s Sticky) find(ctx context.Context, c Comments) ([]marked, error) {
	all, err := c.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the pull request's comments: %w", err)
	}
	var own []marked
	for _, comment := range all {
		m, ok := readMarker(comment.Body)
		if ok && m.File == s.File && m.Label == s.Label && (s.Author == "" || s.Author == comment.Author) {
			own = append(own, marked{comment, Run{m.Run, m.Attempt}})
		}
	}
	slices.SortFunc(own, func(a, b marked) int {
		return cmp.Or(a.run.Compare(b.run), cmp.Compare(b.ID, a.ID))
	})
	return own, nil
}

// marker is the hidden first line that a comment is found again by.
type marker struct {
	File    string `json:"file"`
	Label   string `json:"label,omitempty"`
	Run     int64  `json:"run"`
	Attempt int    `json:"attempt"`
	IDs     string `json:"ids,omitempty"`   // see packIDs
	Drift   bool   `json:"drift,omitempty"` // of an issue
}

const (
	markerBegin = "<!-- amisync "
	markerEnd   = " -->\n"
)

// body is the comment with its marker, in at most limit bytes. encoding/json
// writes > as an escape, so that no name can end the marker.
func (s Sticky) body(limit int) string {
	all := s.marker(s.Reviewed, limit)
	text := Cut(withLink(s.Markdown, s.Link), limit-len(all), "The rest is left out: a comment has a limited length. The whole plan is in the run's summary.")
	return s.marker(s.seen(text), limit) + text
}

// seen are the actions that a text still shows: what a cut has taken was
// reviewed by nobody.
func (s Sticky) seen(text string) []Shown {
	return slices.DeleteFunc(slices.Clone(s.Reviewed), func(a Shown) bool { return !strings.Contains(text, a.What) })
}

func (s Sticky) marker(reviewed []Shown, limit int) string {
	m := marker{File: s.File, Label: s.Label, Run: s.Run.ID, Attempt: s.Run.Attempt, IDs: packIDs(reviewed, limit)}
	return m.String()
}

// ids are those of the comment as it would be sent.
func (s Sticky) ids(limit int) string {
	m, _ := readMarker(s.body(limit))
	return m.IDs
}

// String is the hidden line. What encoding/json cannot write is not in it.
func (m marker) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return markerBegin + string(text) + markerEnd
}

func readMarker(body string) (marker, bool) {
	var m marker
	first, _, ended := strings.Cut(strings.ReplaceAll(body, "\r\n", "\n"), markerEnd)
	text, begun := strings.CutPrefix(first, markerBegin)
	if !ended || !begun || json.Unmarshal([]byte(text), &m) != nil {
		return marker{}, false
	}
	return m, true
}

// sameText reports whether a comment says already what is to be said.
func sameText(body string, s Sticky) bool {
	there, _ := readMarker(body)
	return textOf(body) == textOf(s.body(limits()[0])) && there.IDs == s.ids(limits()[0])
}

// textOf is a comment without its marker and its link, as GitHub may have
// changed its line breaks.
func textOf(body string) string {
	_, text, _ := strings.Cut(strings.ReplaceAll(body, "\r\n", "\n"), markerEnd)
	if i := strings.Index(text, linkBegin); i >= 0 {
		_, rest, _ := strings.Cut(text[i:], "\n")
		text = text[:i] + rest
	}
	return strings.TrimSpace(text)
}

// linkBegin begins the line with the link to the run.
const linkBegin = "<sub>[Run]("

// withLink puts the link below the heading, where no cut takes it.
func withLink(markdown, link string) string {
	if link == "" {
		return markdown
	}
	heading, rest, _ := strings.Cut(markdown, "\n")
	return heading + "\n\n" + linkBegin + link + ")</sub>\n" + rest
}

func statusOf(err error) int {
	var refused *APIError
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}
