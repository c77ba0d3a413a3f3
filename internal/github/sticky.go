package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Comment is a comment on a pull request.
type Comment struct {
	ID      int64
	Author  string // login
	Body    string
	Updated time.Time
}

// Comments are the comments of one pull request.
type Comments interface {
	List(ctx context.Context) ([]Comment, error)
	// Create returns who wrote it: whose the token is.
	Create(ctx context.Context, body string) (login string, err error)
	Update(ctx context.Context, id int64, body string) error
	Delete(ctx context.Context, id int64) error
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
	Commit   string // the pull request's head that the text is of
	Author   string // login whose comments count; "": anybody's
	Markdown string
	Link     string  // to the run; not compared, or no text would ever be unchanged
	Reviewed []Shown // the destructive actions
}

// Shown is an action by its id and by what a line of the text shows it with.
type Shown struct {
	ID   string
	Word string // what is done
	What string // the AMI or snapshot
}

// Outcome is what became of a comment.
type Outcome string

// Outcomes of Post.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged" // the text stood there already
	Outdated  Outcome = "outdated"  // a newer run has written; its text stays
)

// limits are the sizes in bytes that a comment is tried in. GitHub takes about
// 65,536 characters and says 422 to more.
func limits() []int { return []int{59_999, 30_000, 10_000} }

// Post writes the comment: anew where there is none, else in place. An older run
// never overwrites a newer one's text (but for two that write in the same moment),
// and text that stands there already, of the same commit, is not sent again. Of
// another commit it is: the comment says which commit it shows.
func Post(ctx context.Context, c Comments, s Sticky) (Outcome, error) {
	own, err := s.find(ctx, c)
	if err != nil {
		return "", err
	}
	if len(own) == 0 {
		return s.create(ctx, c)
	}
	newest := own[len(own)-1]
	switch {
	case newest.run.Compare(s.Run) > 0:
		return Outdated, nil
	case sameText(newest.Body, s):
		return Unchanged, nil
	}
	err = s.send(func(body string) error { return c.Update(ctx, newest.ID, body) })
	return Updated, err
}

// PostNew always writes a new comment.
func PostNew(ctx context.Context, c Comments, s Sticky) (Outcome, error) {
	return Created, s.sendNew(ctx, c)
}

// sendNew writes a comment, and holds against it whose comments count: with
// another token's author none would ever be found again.
func (s Sticky) sendNew(ctx context.Context, c Comments) error {
	var login string
	err := s.send(func(body string) (err error) {
		login, err = c.Create(ctx, body)
		return err
	})
	if err == nil && s.Author != "" && login != s.Author {
		return fmt.Errorf("the comment of %s is written as %s, and those of %s are what counts: name %[2]s in the input comment-author", s.File, login, s.Author)
	}
	return err
}

// create writes the first comment. Two jobs at once may both find none; what
// both wrote is seen afterwards, and only the newest run's stays.
func (s Sticky) create(ctx context.Context, c Comments) (Outcome, error) {
	if err := s.sendNew(ctx, c); err != nil {
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

func (s Sticky) send(write func(body string) error) error {
	if err := send(s.body, write); err != nil {
		return fmt.Errorf("writing the comment of %s: %w", s.File, err)
	}
	return nil
}

// send writes a body, shorter where GitHub finds it too long.
func send(body func(limit int) string, write func(body string) error) error {
	var err error
	for _, limit := range limits() {
		if err = write(body(limit)); statusOf(err) != statusUnprocessable {
			break
		}
	}
	return err
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
	Scope   string `json:"scope,omitempty"` // of an issue: what the run was narrowed to
	Run     int64  `json:"run"`
	Attempt int    `json:"attempt"`
	Commit  string `json:"commit,omitempty"`
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

// seen are the actions that a line of a text still shows: what a cut has taken
// was reviewed by nobody.
func (s Sticky) seen(text string) []Shown {
	lines := strings.Split(text, "\n")
	return slices.DeleteFunc(slices.Clone(s.Reviewed), func(a Shown) bool {
		return !slices.ContainsFunc(lines, func(l string) bool {
			return strings.Contains(l, a.What) && strings.Contains(l, a.Word)
		})
	})
}

func (s Sticky) marker(reviewed []Shown, limit int) string {
	m := marker{File: s.File, Label: s.Label, Run: s.Run.ID, Attempt: s.Run.Attempt, Commit: s.Commit, IDs: packIDs(reviewed, limit)}
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
	return there.Commit == s.Commit && textOf(body) == textOf(s.body(limits()[0])) && there.IDs == s.ids(limits()[0])
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
