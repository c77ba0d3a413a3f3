package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/amisync/amisync/internal/gitrepo"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

// answerLineage asks the file's repository how commits relate to the one being
// applied. Outside of a repository nothing can be said.
func (s *session) answerLineage(ctx context.Context, commits []string, live *state.Live) {
	if len(commits) == 0 {
		return
	}
	if live.Facts.Lineage == nil {
		live.Facts.Lineage = map[string]state.Answer[state.Ancestry]{}
	}
	of, err := s.standsOn(ctx, commits)
	for _, c := range commits {
		if err != nil {
			live.Facts.Lineage[c] = gitProblem(err)
			continue
		}
		live.Facts.Lineage[c] = s.ancestry(c, of)
	}
}

// standsOn is the commit that the file is of, with the history that tells how
// others relate to it: where the file is not committed as it stands, the last.
func (s *session) standsOn(ctx context.Context, others []string) (string, error) {
	repo := s.config.repo
	if repo == nil {
		return "", nil
	}
	if err := repo.DeepenTo(ctx, others...); err != nil {
		return "", err
	}
	if s.config.origin.Commit == "" {
		return repo.Head()
	}
	return s.config.origin.Commit, nil
}

func (s *session) ancestry(commit, of string) state.Answer[state.Ancestry] {
	if s.config.repo == nil {
		return state.Answer[state.Ancestry]{Value: state.NotInClone}
	}
	a, err := s.config.repo.Ancestry(commit, of)
	if err != nil {
		return gitProblem(err)
	}
	return state.Answer[state.Ancestry]{Value: a}
}

func gitProblem(err error) state.Answer[state.Ancestry] {
	return state.Answer[state.Ancestry]{Problem: &state.Problem{Code: "GitError", Text: err.Error()}}
}

// history is how the commits that made live copies stand to the one that is to
// be applied. Those before it tell nothing.
type history struct {
	after   []string // the branch moved backwards
	beside  []string
	unknown []string
}

// askHistory holds the commits that live copies were made by against the one
// that is to be applied: where it is older than one of them, the branch moved
// backwards.
func (s *session) askHistory(ctx context.Context, live state.Live) []plan.Warning {
	made := s.madeBy(live)
	if s.config.repo == nil || s.config.origin.Commit == "" || len(made) == 0 {
		return nil
	}
	commits := slices.Sorted(maps.Keys(made))
	if err := s.config.repo.DeepenTo(ctx, commits...); err != nil {
		return []plan.Warning{plan.Warn(plan.WarnTipUnknown, plan.Args{Detail: s.config.origin.Commit, Other: err.Error()})}
	}
	return s.tell(ctx, s.askUnknown(ctx, s.relate(commits)), made)
}

// madeBy counts the live copies of this file by the commit that made them, where
// that is another than the one to be applied.
func (s *session) madeBy(live state.Live) map[string]int {
	owner, origin := s.config.desired().Owner, s.config.origin
	made := map[string]int{}
	for _, r := range live.Regions {
		for _, i := range r.Images {
			c := state.ParseControl(i.Tags)
			if c.Owner == owner && c.File == origin.Path && c.Commit != "" && c.Commit != origin.Commit {
				made[c.Commit]++
			}
		}
	}
	return made
}

func (s *session) relate(commits []string) history {
	var h history
	for _, c := range commits {
		relation, err := s.config.repo.Relation(c, s.config.origin.Commit)
		switch {
		case err != nil || relation == gitrepo.NotKnown:
			h.unknown = append(h.unknown, c)
		case relation == gitrepo.After:
			h.after = append(h.after, c)
		case relation == gitrepo.Beside:
			h.beside = append(h.beside, c)
		}
	}
	return h
}

// asked bounds how many commits the remote is asked about: each is a history to
// be fetched.
const asked = 3

// askUnknown asks the remote about commits that the clone does not have, unless
// it is known already that the branch moved backwards.
func (s *session) askUnknown(ctx context.Context, h history) history {
	var left []string
	for i, c := range h.unknown {
		descends, err := false, errNotAsked
		if i < asked && len(h.after) == 0 && !s.config.repo.Shallow() {
			descends, err = s.descends(ctx, c)
		}
		switch {
		case err != nil:
			left = append(left, c)
		case descends:
			h.after = append(h.after, c)
		default:
			h.beside = append(h.beside, c)
		}
	}
	h.unknown = left
	return h
}

var errNotAsked = errors.New("not asked")

// descends asks the remote whether a commit comes after the one to be applied.
func (s *session) descends(ctx context.Context, commit string) (bool, error) {
	remote, _, err := s.config.repo.Upstream(s.config.branch(s.getenv), s.getenv)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	return remote.Descends(ctx, commit, s.config.origin.Commit)
}

// tell makes warnings of a history. Where the branch went on with the same file
// nothing moved backwards: the newer commits are what it went on with.
func (s *session) tell(ctx context.Context, h history, made map[string]int) []plan.Warning {
	var told []plan.Warning
	switch {
	case len(h.after) > 0 && !s.config.overtaken(ctx, s.getenv):
		told = append(told, plan.Warn(plan.WarnMovedBack, plan.Args{Detail: h.after[0], Field: s.config.branch(s.getenv).Name}))
	case len(h.after) == 0 && len(h.unknown) > 0:
		args := copiesOf(h.unknown, made)
		if s.config.repo.Shallow() {
			args.Other = "; check out the whole history (actions/checkout with fetch-depth: 0)"
		}
		told = append(told, plan.Warn(plan.WarnHistoryUnknown, args))
	}
	if len(h.beside) > 0 {
		told = append(told, plan.Warn(plan.WarnDiverged, copiesOf(h.beside, made)))
	}
	return told
}

// copiesOf counts the copies that commits made, and names one of these.
func copiesOf(commits []string, made map[string]int) plan.Args {
	args := plan.Args{Detail: commits[0]}
	for _, c := range commits {
		args.Count += made[c]
	}
	return args
}
