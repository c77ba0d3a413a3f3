package github_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/internal/github/githubtest"
)

func serve(t *testing.T, h *githubtest.Hub) *github.Client {
	t.Helper()
	h.Repository = "o/r"
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &github.Client{HTTP: server.Client(), API: server.URL, Token: githubtest.Token, Repository: "o/r"}
}

func shown(ids ...string) []github.Shown {
	var out []github.Shown
	for _, id := range ids {
		out = append(out, github.Shown{ID: id, Word: "deregister", What: "ami-" + id})
	}
	return out
}

// planned is a plan's text with a line for each id.
func planned(ids ...string) string {
	text := "## amisync: Plan\n\n"
	for _, id := range ids {
		text += "| deregister | `ami-" + id + "` |\n"
	}
	return text
}

const idA, idB, idC, idD = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc", "dddddddddddddddd"

func TestReviewed(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h := &githubtest.Hub{PerPage: 2, Now: func() time.Time { return now.AddDate(0, -2, 0) }}
	c := serve(t, h)
	pull := func(merged time.Duration, base string, ids ...string) int {
		n := h.Add(githubtest.Issue{Pull: true, Base: base, Head: "tip"})
		s := github.Sticky{File: "amis.yaml", Commit: "tip", Markdown: planned(ids...), Reviewed: shown(ids...)}
		if _, err := github.Post(t.Context(), c.PullRequest(n), s); err != nil {
			t.Fatal(err)
		}
		h.Merge(n, now.Add(-merged))
		return n
	}
	pull(time.Hour, "main", idA)
	forged := pull(2*time.Hour, "main", idB)
	pull(3*time.Hour, "other", idC)
	pull(30*24*time.Hour, "main", idD)
	closed := h.Add(githubtest.Issue{Pull: true, Base: "main", State: "closed", UpdatedAt: now})
	theirs := h.Issue(forged).Comments[0]
	theirs.Author = "mallory"
	copied := h.Add(githubtest.Issue{Pull: true, Base: "main", Head: "tip", Comments: []githubtest.Comment{theirs}})
	h.Merge(copied, now)

	r := github.Review{Since: now.Add(-7 * 24 * time.Hour), Branch: "main", File: "amis.yaml", Author: githubtest.Bot}
	reviewed := func(r github.Review) []string {
		t.Helper()
		ids, err := c.Reviewed(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if diff := cmp.Diff([]string{idA, idB}, reviewed(r)); diff != "" {
		t.Errorf("reviewed (-want +got):\n%s", diff)
	}
	for name, change := range map[string]func(*github.Review){
		"another file":   func(r *github.Review) { r.File = "other.yaml" },
		"another label":  func(r *github.Review) { r.Label = "prod" },
		"another author": func(r *github.Review) { r.Author = "someone" },
		"later":          func(r *github.Review) { r.Since = now.Add(time.Hour) },
	} {
		other := r
		change(&other)
		if ids := reviewed(other); len(ids) > 0 {
			t.Errorf("%s: %v count as reviewed", name, ids)
		}
	}
	if len(h.Issue(closed).Comments) > 0 {
		t.Error("reading wrote a comment")
	}
}

// Only what the last comment shows of the commit that was merged, before it was,
// was reviewed.
func TestOnlyTheLastCommentOfWhatWasMergedCounts(t *testing.T) {
	merged := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		do   func(post func(run int64, commit, id string, after time.Duration))
		want []string
	}{
		"the last one": {func(post func(int64, string, string, time.Duration)) {
			post(1, "tip", idA, -2*time.Hour)
			post(2, "tip", idB, -time.Hour)
		}, []string{idB}},
		"of an older commit": {func(post func(int64, string, string, time.Duration)) {
			post(1, "before", idA, -time.Hour)
		}, nil},
		"of no known commit": {func(post func(int64, string, string, time.Duration)) {
			post(1, "", idA, -time.Hour)
		}, nil},
		"written after the merge": {func(post func(int64, string, string, time.Duration)) {
			post(1, "tip", idA, -time.Hour)
			post(2, "tip", idB, time.Minute)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			at := merged
			h := &githubtest.Hub{Now: func() time.Time { return at }}
			c := serve(t, h)
			n := h.Add(githubtest.Issue{Pull: true, Base: "main", Head: "tip"})
			test.do(func(run int64, commit, id string, after time.Duration) {
				at = merged.Add(after)
				s := github.Sticky{File: "amis.yaml", Run: github.Run{ID: run}, Commit: commit, Markdown: planned(id), Reviewed: shown(id)}
				if _, err := github.PostNew(t.Context(), c.PullRequest(n), s); err != nil {
					t.Fatal(err)
				}
			})
			h.Merge(n, merged)
			got, err := c.Reviewed(t.Context(), github.Review{Branch: "main", File: "amis.yaml", Author: githubtest.Bot})
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// The AMI of an action may stand in another one's line.
func TestALineShowsAnAction(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	n := h.Add(githubtest.Issue{Pull: true, Base: "main", Head: "tip"})
	s := github.Sticky{File: "amis.yaml", Commit: "tip", Markdown: "## amisync\n\n| unpublish | `ami-1` |\n| re-copy | `ami-2` | then retires it |\n"}
	s.Reviewed = []github.Shown{{ID: idA, Word: "unpublish", What: "ami-1"}, {ID: idB, Word: "retire", What: "ami-1"}, {ID: idC, Word: "retire", What: "ami-2"}}
	if _, err := github.Post(t.Context(), c.PullRequest(n), s); err != nil {
		t.Fatal(err)
	}
	h.Merge(n, time.Now())
	got, err := c.Reviewed(t.Context(), github.Review{Branch: "main", File: "amis.yaml", Author: githubtest.Bot})
	if diff := cmp.Diff([]string{idA, idC}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What a cut took from the comment was reviewed by nobody.
func TestOnlyWhatIsShownIsReviewed(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	var ids []string
	for i := range 2000 {
		ids = append(ids, fmt.Sprintf("%016x", i))
	}
	n := h.Add(githubtest.Issue{Pull: true, Base: "main", Head: "tip"})
	post := func() github.Outcome {
		s := github.Sticky{File: "amis.yaml", Run: github.Run{ID: 1}, Commit: "tip", Markdown: planned(ids...), Reviewed: shown(ids...), Link: "https://example/run"}
		got, err := github.Post(t.Context(), c.PullRequest(n), s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	post()
	if got := post(); got != github.Unchanged {
		t.Errorf("the same again is %s", got)
	}
	body := h.Issue(n).Comments[0].Body
	h.Merge(n, time.Now())
	got, err := c.Reviewed(t.Context(), github.Review{Branch: "main", File: "amis.yaml", Author: githubtest.Bot})
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > 60_000 || len(got) < 100 || len(got) >= len(ids) {
		t.Fatalf("%d of %d ids in a comment of %d bytes", len(got), len(ids), len(body))
	}
	for _, id := range ids {
		if slices.Contains(got, id) != strings.Contains(body, "ami-"+id) {
			t.Fatalf("%s: reviewed %t, shown %t", id, slices.Contains(got, id), strings.Contains(body, "ami-"+id))
		}
	}
}

// The link changes with every run, and is no reason to write again; what was
// reviewed is.
func TestWhatCountsAsUnchanged(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	n := h.Add(githubtest.Issue{Pull: true})
	post := func(run int64, link string, ids ...string) github.Outcome {
		s := github.Sticky{File: "amis.yaml", Run: github.Run{ID: run}, Link: link, Markdown: planned(idA, idB), Reviewed: shown(ids...)}
		got, err := github.Post(t.Context(), c.PullRequest(n), s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	post(1, "https://example/1", idA)
	if got := post(2, "https://example/2", idA); got != github.Unchanged {
		t.Errorf("with another link it is %s", got)
	}
	if got := post(3, "https://example/3", idA, idB); got != github.Updated {
		t.Errorf("with more reviewed it is %s", got)
	}
	if body := h.Issue(n).Comments[0].Body; !strings.Contains(body, "[Run](https://example/3)") {
		t.Errorf("the link is missing: %s", body)
	}
}

func TestDriftIsOneIssue(t *testing.T) {
	h := &githubtest.Hub{PerPage: 1}
	c := serve(t, h)
	h.Add(githubtest.Issue{Body: "somebody's"})
	h.Add(githubtest.Issue{Pull: true, Body: "a pull request"})
	d := github.Drift{File: "amis.yaml", Title: "drift", Markdown: "## one\n", Link: "https://example/1"}
	drift := func(do func(github.Drift) (github.Outcome, error), want github.Outcome) {
		t.Helper()
		if got, err := do(d); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	opened := func(d github.Drift) (github.Outcome, error) { return c.OpenDrift(t.Context(), d) }
	closed := func(d github.Drift) (github.Outcome, error) { return c.CloseDrift(t.Context(), d) }
	drift(closed, github.Unchanged)
	drift(opened, github.Created)
	drift(opened, github.Unchanged)
	d.Markdown = "## two\n"
	drift(opened, github.Updated)
	d.Label = "prod"
	drift(opened, github.Created)
	d.Label = ""
	if i := h.Issue(3); h.Len() != 4 || !strings.Contains(i.Body, "## two") || i.Title != "drift" {
		t.Errorf("%d issues, the third is %+v", h.Len(), i)
	}
	drift(closed, github.Updated)
	if i := h.Issue(3); i.State != "closed" || len(i.Comments) != 1 || h.Issue(4).State != "open" || h.Issue(1).State != "open" {
		t.Errorf("closed: %+v", i)
	}
	d.Markdown = strings.Repeat("a long line\n", 10000)
	drift(opened, github.Created)
	d.Title = "another title"
	drift(opened, github.Updated)
	if i := h.Issue(5); i.Title != "another title" || len(i.Body) > 60_000 {
		t.Errorf("%q, %d bytes", i.Title, len(i.Body))
	}
	drift(closed, github.Updated) // with a comment as long
	if i := h.Issue(5); i.State != "closed" || len(i.Comments) != 1 {
		t.Errorf("%s, %d comments", i.State, len(i.Comments))
	}
}

// An issue that looks like ours and is somebody's is left alone; so is one of a
// run that looked at another part.
func TestOtherIssuesAreNotTheDriftIssue(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	d := github.Drift{File: "amis.yaml", Author: githubtest.Bot, Title: "drift", Markdown: "## one\n"}
	if _, err := c.OpenDrift(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	theirs := h.Issue(1)
	theirs.Author, theirs.Number, theirs.Title = "mallory", 0, "theirs"
	h.Add(theirs)
	part := d
	part.Scope, part.Markdown = "--region=eu-*", "## of a part\n"
	if got, err := c.CloseDrift(t.Context(), part); err != nil || got != github.Unchanged {
		t.Errorf("closing that of a part: %s, %v", got, err)
	}
	if got, err := c.OpenDrift(t.Context(), part); err != nil || got != github.Created {
		t.Errorf("opening that of a part: %s, %v", got, err)
	}
	if _, err := c.CloseDrift(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	var states []string
	for n := range h.Len() {
		states = append(states, h.Issue(n+1).State)
	}
	if diff := cmp.Diff([]string{"closed", "open", "open"}, states); diff != "" || h.Issue(2).Body != theirs.Body {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestDriftFaults(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	for _, f := range []githubtest.Fault{{Status: 404}, {Status: 403, Body: `{"message":"Resource not accessible"}`}} {
		h.Fail(f)
		if _, err := c.OpenDrift(t.Context(), github.Drift{File: "a"}); err == nil || !strings.Contains(err.Error(), "permissions") {
			t.Errorf("%d: %v", f.Status, err)
		}
	}
	h.Fail(githubtest.Fault{Status: http.StatusBadGateway})
	if got, err := c.OpenDrift(t.Context(), github.Drift{File: "a"}); err != nil || got != github.Created {
		t.Errorf("after a 502: %s, %v", got, err)
	}
}

// Two jobs at once may both find no issue and open one; the older stays open.
func TestTwoJobsAtOnceLeaveOneDriftIssue(t *testing.T) {
	h := &githubtest.Hub{}
	c := serve(t, h)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := c.OpenDrift(t.Context(), github.Drift{File: "amis.yaml", Title: "drift", Markdown: "text"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	open := 0
	for n := range h.Len() {
		if h.Issue(n+1).State == "open" {
			open++
		}
	}
	if open != 1 || h.Issue(1).State != "open" {
		t.Errorf("%d issues are open", open)
	}
}
