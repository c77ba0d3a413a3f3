package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/internal/spec"
)

// credentialVariables are what AWS credentials come from in a workflow.
var credentialVariables = []string{
	"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_PROFILE",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
}

// withoutCredentials makes a pull request from a fork, which GitHub gives no
// secrets, a validation: what can be said of it without AWS.
func (s *step) withoutCredentials() {
	has := slices.ContainsFunc(credentialVariables, func(name string) bool { return s.outer.getenv(name) != "" })
	rehearsal := slices.ContainsFunc(s.args, func(arg string) bool { return strings.HasPrefix(arg, "--sandbox") })
	if !s.event.Fork || has || rehearsal || s.command != "plan" && s.command != "audit" {
		return
	}
	s.note = "This pull request comes from a fork, and so there are no AWS credentials: " + s.told() + " was validated, and nothing was planned."
	s.command, s.base, s.args = "validate", "", nil
}

// told is how the file is told of: as the command read it, whether the input or
// an argument named it.
func (s *step) told() string { return reviewedFile(cmp.Or(s.inner.read, s.file, defaultFile)) }

// annotate marks the lines of amis.yaml that are wrong, and those of images of
// which something is blocked.
func (s *step) annotate() error {
	var errs []error
	if s.note != "" {
		errs = append(errs, github.Notice(s.outer.out, s.note))
	}
	var invalid spec.Diagnostics
	errors.As(s.inner.outcome.err, &invalid)
	for _, d := range invalid {
		errs = append(errs, github.Annotate(s.outer.out, github.Annotation{File: d.File, Line: d.Line, Column: d.Column, Text: d.Message}))
	}
	for _, a := range s.blocked() {
		errs = append(errs, github.Annotate(s.outer.out, a))
	}
	return errors.Join(errs...)
}

// blocked are annotations for declared images, one each: GitHub shows ten of a
// step.
func (s *step) blocked() []github.Annotation {
	if s.inner.plan == nil || s.inner.file == nil {
		return nil
	}
	var out []github.Annotation
	seen := map[string]int{}
	for _, a := range s.inner.plan.Actions {
		at, declared := s.inner.file.Position("images." + a.Image)
		if len(a.Blocked) == 0 || !declared {
			continue
		}
		text := fmt.Sprintf("%s in %s is blocked: %s", a.Kind, a.Region, a.Blocked[0].Text())
		if i, ok := seen[a.Image]; ok {
			out[i].Text += "\n" + text
			continue
		}
		seen[a.Image] = len(out)
		out = append(out, github.Annotation{File: s.told(), Line: at.Line, Column: at.Column, Text: text})
	}
	return out
}

// tell writes the comment of a pull request's plan. Where the command failed the
// comment says so, or an older plan would stand there as if it still held.
func (s *step) tell(ctx context.Context) error {
	if s.comment == "off" || s.event.PullRequest == 0 || s.event.Fork || s.client == nil || s.command != "plan" {
		return nil
	}
	markdown, err := s.markdown()
	if err != nil {
		return err
	}
	sticky := github.Sticky{
		File: s.told(), Label: s.label, Run: s.event.Run, Commit: s.event.Head, Author: s.author, Link: s.event.RunURL,
		Markdown: labelled(string(markdown), s.label), Reviewed: s.reviewed(),
	}
	comments := s.client.PullRequest(s.event.PullRequest)
	if s.comment == "new" {
		_, err = github.PostNew(ctx, comments, sticky)
		return err
	}
	_, err = github.Post(ctx, comments, sticky)
	return err
}

// labelled puts the label into the heading, so that jobs of a matrix can be told
// apart.
func labelled(markdown, label string) string {
	heading, rest, _ := strings.Cut(markdown, "\n")
	if label == "" {
		return markdown
	}
	return heading + " (" + strings.NewReplacer("\n", " ", "<", "&lt;", "`", "'").Replace(label) + ")\n" + rest
}

// reviewed are the destructive actions that the comment shows: those that would
// be done now, and those that wait for their grace.
func (s *step) reviewed() []github.Shown {
	if s.inner.whole == nil || s.inner.outcome.err != nil {
		return nil
	}
	var out []github.Shown
	for _, a := range s.inner.whole.Actions {
		if a.Kind.Destructive() && len(a.Blocked) == 0 {
			out = append(out, github.Shown{ID: a.ID, Word: strings.ReplaceAll(string(a.Kind), "_", "-"), What: a.AMI + a.SnapshotID})
		}
	}
	return out
}

// tellDrift opens, updates or closes the one issue that tells of drift. A run
// that looks at a part has an issue of its own: it cannot know that the rest is
// as it should be.
func (s *step) tellDrift(ctx context.Context) error {
	if !s.drift || s.client == nil || s.event.ForPullRequest() || s.command == "validate" {
		return nil
	}
	markdown, err := s.markdown()
	if err != nil {
		return err
	}
	title := "AWS does not match "
	if s.inner.whole == nil {
		title = "AWS could not be compared with "
	}
	d := github.Drift{
		File: s.told(), Label: s.label, Scope: narrowed(s.args), Author: s.author, Link: s.event.RunURL,
		Title: "amisync: " + title + titled(s.told(), s.label), Markdown: labelled(string(markdown), s.label),
	}
	if s.matches() {
		_, err = s.client.CloseDrift(ctx, d)
	} else {
		_, err = s.client.OpenDrift(ctx, d)
	}
	return err
}

func titled(file, label string) string {
	if label == "" {
		return file
	}
	return file + " (" + label + ")"
}

// narrowed are the arguments that narrow a command to some images or Regions.
func narrowed(args []string) string {
	var out []string
	for i, arg := range args {
		flag, _, joined := strings.Cut(arg, "=")
		if !slices.Contains([]string{"--image", "--region", "--exclude-image", "--exclude-region"}, flag) {
			continue
		}
		out = append(out, arg)
		if !joined && i+1 < len(args) {
			out = append(out, args[i+1])
		}
	}
	return strings.Join(out, " ")
}

// matches reports whether AWS is as the file says after this run: it did what
// was asked, saw everything, and left nothing to do and nothing blocked.
func (s *step) matches() bool {
	p := s.inner.whole
	if s.inner.outcome.exitCode() != exitOK || p == nil || p.Summary.Blocked > 0 || p.Incomplete() {
		return false
	}
	return !p.Applyable || s.inner.report != nil && s.inner.report.AllDone()
}
