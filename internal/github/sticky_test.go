package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/amisync/amisync/internal/github"
)

func sticky(run int64, text string) github.Sticky {
	return github.Sticky{File: "amis.yaml", Run: github.Run{ID: run, Attempt: 1}, Markdown: text}
}

func TestStickyIsOneComment(t *testing.T) {
	h := &hub{perPage: 2}
	h.people("first", "second", "<!-- amisync {\"file\":\"other.yaml\"} -->\nquoted", "fourth", "<!-- amisync nonsense -->\n")
	if got := post(t, h, sticky(1, "one")); got != github.Created {
		t.Errorf("the first run: %s", got)
	}
	if got := post(t, h, sticky(2, "two")); got != github.Updated {
		t.Errorf("the second run: %s", got)
	}
	if len(h.comments) != 6 || !strings.HasSuffix(h.comments[5].Body, "two") {
		t.Errorf("the comments are %+v", h.comments)
	}
}

func TestUnchangedTextIsNotSentAgain(t *testing.T) {
	h := &hub{}
	post(t, h, sticky(1, "same\ntext\n"))
	h.comments[0].Body = strings.ReplaceAll(h.comments[0].Body, "\n", "\r\n") // as GitHub keeps what browsers send
	if got := post(t, h, sticky(2, "same\ntext\n")); got != github.Unchanged {
		t.Errorf("the same text again: %s", got)
	}
	if n := h.count("PATCH /repos/o/r/issues/comments/1"); n != 0 {
		t.Errorf("%d updates were sent", n)
	}
}

func TestOlderRunNeverOverwrites(t *testing.T) {
	for name, older := range map[string]github.Run{
		"a run before":      {ID: 4, Attempt: 9},
		"an attempt before": {ID: 5, Attempt: 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hub{}
			newer := sticky(5, "newer")
			newer.Run.Attempt = 2
			post(t, h, newer)
			s := sticky(0, "older")
			s.Run = older
			if got := post(t, h, s); got != github.Outdated || !strings.HasSuffix(h.comments[0].Body, "newer") {
				t.Errorf("%s, and the comment is %q", got, h.comments[0].Body)
			}
		})
	}
}

// A newer run whose text stood there already signs it where its commit is
// another one, so that the slow one in between sees that it is late.
func TestOlderRunNeverOverwritesWhatANewerOneFoundRight(t *testing.T) {
	h := &hub{}
	for _, c := range []struct {
		run    int64
		commit string
		text   string
		want   github.Outcome
	}{
		{1, "one", "as it is", github.Created},
		{2, "one", "as it is", github.Unchanged},
		{4, "three", "as it is", github.Updated},
		{3, "two", "as it was for a while", github.Outdated},
		{5, "three", "as it is now", github.Updated},
	} {
		s := sticky(c.run, c.text)
		s.Commit = c.commit
		if got := post(t, h, s); got != c.want {
			t.Errorf("run %d: %s, want %s", c.run, got, c.want)
		}
	}
	if len(h.comments) != 1 || !strings.HasSuffix(h.comments[0].Body, "as it is now") {
		t.Errorf("the comments are %+v", h.comments)
	}
}

// A token that writes as somebody else than the comments that count would add
// one with each run.
func TestAnotherAuthorThanTheTokensIsTold(t *testing.T) {
	s := sticky(1, "text")
	s.Author = "an-app[bot]"
	if _, err := github.Post(t.Context(), (&hub{}).pullRequest(), s); err == nil || !strings.Contains(err.Error(), "name github-actions[bot] in the input comment-author") {
		t.Errorf("Post fails with %v", err)
	}
}

func TestFilesAndLabelsDoNotCollide(t *testing.T) {
	h := &hub{}
	for _, file := range []string{"amis.yaml", "eu/amis.yaml", "evil --> .yaml"} {
		for _, label := range []string{"", "prod"} {
			s := sticky(1, file+label)
			s.File, s.Label = file, label
			post(t, h, s)
			s.Markdown += " again"
			if got := post(t, h, s); got != github.Updated {
				t.Errorf("%s %s: %s", file, label, got)
			}
		}
	}
	if len(h.comments) != 6 {
		t.Errorf("%d comments, want one for each file and label", len(h.comments))
	}
}

// A comment of somebody else with our marker in it is not ours.
func TestOnlyTheAuthorsCommentsCount(t *testing.T) {
	h := &hub{}
	post(t, h, sticky(1, "ours"))
	h.people(strings.Replace(h.comments[0].Body, `"run":1`, `"run":99`, 1))
	s := sticky(2, "new")
	s.Author = "github-actions[bot]"
	post(t, h, s)
	if !strings.HasSuffix(h.comments[0].Body, "new") || !strings.HasSuffix(h.comments[1].Body, "ours") {
		t.Errorf("the comments are %+v", h.comments)
	}
}

// Two jobs at once both find no comment and create one: the newest run's stays.
func TestTwoJobsAtOnceLeaveOneComment(t *testing.T) {
	for name, c := range map[string]struct {
		other int64
		want  github.Outcome
		text  string
	}{
		"the other one is older": {1, github.Created, "ours"},
		"the other one is newer": {9, github.Outdated, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hub{}
			both := racing{Comments: h.pullRequest(), before: func() { post(t, h, sticky(c.other, "other")) }}
			got, err := github.Post(t.Context(), &both, sticky(5, "ours"))
			if err != nil || got != c.want {
				t.Errorf("Post = %s, %v, want %s", got, err, c.want)
			}
			if len(h.comments) != 1 || !strings.HasSuffix(h.comments[0].Body, c.text) {
				t.Errorf("the comments are %+v", h.comments)
			}
		})
	}
}

func TestLongTextIsCut(t *testing.T) {
	long := strings.Repeat("| a | row | ± |\n", 20000)
	for _, limit := range []int{0, 40_000, 12_000} {
		h := &hub{limit: limit}
		post(t, h, sticky(1, long))
		if n := len(h.comments[0].Body); n > 60_000 || !strings.Contains(h.comments[0].Body, "The rest is left out") {
			t.Errorf("limit %d: a comment of %d bytes", limit, n)
		}
	}
	h := &hub{limit: 100}
	if _, err := github.Post(t.Context(), h.pullRequest(), sticky(1, long)); err == nil || !strings.Contains(err.Error(), "422") {
		t.Errorf("a comment that GitHub never takes: %v", err)
	}
}

// What may pass is tried again: throttles, outages, dropped connections and
// lost answers end in one comment.
func TestFaultsPass(t *testing.T) {
	for name, faults := range map[string][]fault{
		"outage":                {{status: 502}, {status: 503}, {status: 500}},
		"dropped connection":    {{}, {}},
		"secondary rate limit":  {{status: 403, header: http.Header{"Retry-After": {"60"}}}},
		"rate limit in words":   {{status: 403, body: `{"documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"}`}},
		"too many requests":     {{status: 429}},
		"cut answer":            {{status: 200, body: `[{"id":`}},
		"lost answer of create": {{status: 200, body: "[]"}, {lost: true}},
		"5xx after create":      {{status: 200, body: "[]"}, {status: 502, lost: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hub{faults: faults}
				if got := post(t, h, sticky(1, "text")); got != github.Created {
					t.Errorf("Post = %s", got)
				}
				if len(h.comments) != 1 {
					t.Errorf("%d comments, want 1", len(h.comments))
				}
			})
		})
	}
}

func TestWhatDoesNotPassIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		faults []fault
		want   string
		within time.Duration
	}{
		"no permission":        {[]fault{{status: 403, body: `{"message":"Resource not accessible by integration"}`}}, "docs/github.md", 0},
		"no such pull request": {[]fault{{status: 404}}, "404", 0},
		"an hour's limit":      {[]fault{{status: 403, header: http.Header{"Retry-After": {"3600"}}}}, "403", 0},
		"never up":             {slicesOf(fault{status: 500}, 20), "500", 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				_, err := github.Post(t.Context(), (&hub{faults: c.faults}).pullRequest(), sticky(1, "text"))
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
					t.Errorf("Post fails with %v, want %q in it", err, c.want)
				}
				if took := time.Since(begin); took > c.within {
					t.Errorf("it took %s, want at most %s", took, c.within)
				}
			})
		})
	}
}

func TestPostNew(t *testing.T) {
	h := &hub{}
	for i := range 3 {
		if _, err := github.PostNew(t.Context(), h.pullRequest(), sticky(1, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.comments) != 3 {
		t.Errorf("%d comments, want 3", len(h.comments))
	}
}

func slicesOf(f fault, n int) []fault {
	var out []fault
	for range n {
		out = append(out, f)
	}
	return out
}
