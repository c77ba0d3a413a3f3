package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/pkg/plan"
)

// askingTime bounds how long the remote may take to name its branches.
const askingTime = 30 * time.Second

// askTip asks the remote whether the commit is the tip of its branch. What it
// learns is a warning of the plan; nothing is said of a commit that is the tip,
// or that was not pushed yet. In a rehearsal, and for a pull request's merge,
// which is on no branch, it does not ask.
func (a *app) askTip(ctx context.Context, c config, f planFlags) []plan.Warning {
	if c.repo == nil || c.origin.Commit == "" || f.sandbox != "" || a.forPullRequest() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	commit := c.origin.Commit
	standing, tip, branch, err := c.standing(ctx, a.getenv)
	args := plan.Args{Detail: commit, Field: branch, Other: tip}
	switch {
	case err != nil:
		return []plan.Warning{plan.Warn(plan.WarnTipUnknown, plan.Args{Detail: commit, Other: err.Error()})}
	case standing == gitrepo.Behind && c.sameAtTip(ctx, a.getenv):
		return nil
	case standing == gitrepo.Behind:
		return []plan.Warning{plan.Warn(plan.WarnNotTip, args)}
	case standing == gitrepo.MovedBack:
		return []plan.Warning{plan.Warn(plan.WarnMovedBack, args)}
	default:
		return nil
	}
}

func (c config) standing(ctx context.Context, getenv func(string) string) (_ gitrepo.Standing, tip, branch string, err error) {
	remote, branch, err := c.repo.Upstream(c.branch(getenv), getenv)
	if err != nil {
		return "", "", branch, err
	}
	s, tip, err := c.repo.Standing(ctx, remote, branch, c.origin.Commit)
	return s, tip, branch, err
}

// sameAtTip reports whether the branch has the same file at its tip.
func (c config) sameAtTip(ctx context.Context, getenv func(string) string) bool {
	remote, branch, err := c.repo.Upstream(c.branch(getenv), getenv)
	if err != nil || branch == "" {
		return false
	}
	rev := "refs/heads/" + branch
	tip, err := remote.Fetch(ctx, rev)
	if err != nil {
		return false
	}
	newest, _, err := tip.Read(rev, c.origin.Path)
	if err != nil {
		return false
	}
	ours, _, err := c.repo.Read(c.origin.Commit, c.origin.Path)
	return err == nil && bytes.Equal(newest, ours)
}

// overtaken reports whether the branch went on without touching the file, as it
// does while a job waits for its approval: what is applied is the newest then.
func (c config) overtaken(ctx context.Context, getenv func(string) string) bool {
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	standing, _, _, err := c.standing(ctx, getenv)
	return err == nil && standing == gitrepo.Behind && c.sameAtTip(ctx, getenv)
}

// revision is what the file was read at.
func (c config) revision() string {
	if c.rev == "" {
		return "HEAD"
	}
	return c.rev
}

// branch is the one that the revision is on, by its name or by the workflow's.
func (c config) branch(getenv func(string) string) gitrepo.Branch {
	b := c.repo.BranchOf(c.revision())
	if b.Name == "" && c.rev == "" {
		b.Name = workflowBranch(getenv, c.origin.Commit)
	}
	return b
}

// workflowBranch is the branch that a workflow runs for, where its checkout is
// detached (GitHub Docs, Variables reference).
func workflowBranch(getenv func(string) string, commit string) string {
	branch, ok := strings.CutPrefix(getenv("GITHUB_REF"), "refs/heads/")
	if !ok || getenv("GITHUB_SHA") != commit {
		return ""
	}
	return branch
}

// forPullRequest reports whether a workflow runs for a pull request, in any of
// the events of that kind.
func (a *app) forPullRequest() bool {
	return github.IsPullRequest(a.getenv("GITHUB_EVENT_NAME"))
}

// requireNewest refuses to apply what is older than what was applied or pushed.
func requireNewest(p plan.Plan, f planFlags) error {
	if f.allowRewind {
		return nil
	}
	var errs []error
	for _, w := range p.Warnings {
		if w.Code == plan.WarnNotTip || w.Code == plan.WarnMovedBack {
			errs = append(errs, fmt.Errorf("%s; nothing was changed", w.Text))
		}
	}
	return errors.Join(errs...)
}
