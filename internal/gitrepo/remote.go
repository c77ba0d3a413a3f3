package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/amisync/amisync/pkg/state"
)

// Remote is a repository that is reached by its URL. Nothing of it is ever
// written to disk.
type Remote struct {
	url      string // without a password, for messages
	name     string // in Git's configuration, where it was found there
	endpoint *transport.Endpoint
	auth     transport.AuthMethod
}

// NewRemote names a repository by a URL (https, ssh, git, or git@host:path).
// Credentials are the usual ones: those of the URL, of the environment (see
// credentials), of .netrc, or of ssh's agent and keys.
func NewRemote(url string, getenv func(string) string) (*Remote, error) {
	e, err := transport.NewEndpoint(url)
	if err != nil {
		return nil, fmt.Errorf("reading a repository's URL: %w", withoutURL(err))
	}
	if e.Protocol == "file" {
		return nil, errors.New("a repository's URL begins with https://, ssh:// or git@: a repository on this machine is named by a --file in it")
	}
	auth, err := credentials(e, getenv)
	if err != nil {
		return nil, fmt.Errorf("finding credentials for %s: %w", public(e), err)
	}
	return &Remote{url: public(e), endpoint: e, auth: auth}, nil
}

// String is the URL without a password.
func (m *Remote) String() string { return m.url }

// public is a URL that may be shown.
func public(e *transport.Endpoint) string {
	shown := *e
	shown.Password = ""
	if shown.Protocol != "ssh" {
		shown.User = ""
	}
	return shown.String()
}

// on gives go-git's remote over a storage in memory.
func (m *Remote) on(s *memory.Storage) *git.Remote {
	return git.NewRemote(s, &config.RemoteConfig{Name: git.DefaultRemoteName, URLs: []string{m.bare()}})
}

// bare is the URL with no credentials in it: they go with auth.
func (m *Remote) bare() string {
	e := *m.endpoint
	e.Password = ""
	if e.Protocol != "ssh" {
		e.User = ""
	}
	return e.String()
}

// references are the remote's branches and tags, the peeled ones of annotated
// tags too (name^{}).
func (m *Remote) references(ctx context.Context) ([]*plumbing.Reference, error) {
	refs, err := m.on(memory.NewStorage()).ListContext(ctx, &git.ListOptions{Auth: m.auth, PeelingOption: git.AppendPeeled})
	if err != nil {
		return nil, m.told("asking", err)
	}
	return refs, nil
}

// Fetch brings a revision into memory, as shallow as it can: one that is named
// by a branch or tag with the steps back that it says, any other with the whole
// history. "" is the remote's HEAD.
func (m *Remote) Fetch(ctx context.Context, rev string) (*Repo, error) {
	if rev == "" {
		rev = headName
	}
	parts := revisionForm.FindStringSubmatch(rev)
	if parts == nil {
		return nil, notARevision(rev)
	}
	refs, err := m.references(ctx)
	if err != nil {
		return nil, err
	}
	ref := advertised(refs, parts[1])
	if ref == nil {
		r, err := m.clone(ctx, everything(), 0, headOf(refs))
		if err != nil {
			return nil, err
		}
		r.whole = true
		return r, nil
	}
	own := []config.RefSpec{config.RefSpec(fmt.Sprintf("+%s:%[1]s", ref.Name()))}
	r, err := m.clone(ctx, own, 1+steps(parts[2]), headOf(refs))
	if err != nil {
		return nil, err
	}
	r.own = own
	return r, nil
}

// Descends asks the remote whether a commit has another one, of, in its history.
// It is for a commit that no branch has any more: hosts such as GitHub keep
// those, and give them to who knows the SHA; others refuse.
func (m *Remote) Descends(ctx context.Context, commit, of string) (bool, error) {
	if !plumbing.IsHash(commit) {
		return false, fmt.Errorf("%q is not the full SHA of a commit", commit)
	}
	spec := config.RefSpec(commit + ":refs/heads/asked")
	r, err := m.clone(ctx, []config.RefSpec{spec}, 0, headOf(nil))
	if err != nil {
		return false, err
	}
	a, err := r.Ancestry(of, commit)
	return a == state.Ancestor, err
}

func everything() []config.RefSpec {
	return []config.RefSpec{"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"}
}

// headOf is the remote's HEAD, or else one that points nowhere: go-git wants one.
func headOf(refs []*plumbing.Reference) *plumbing.Reference {
	i := slices.IndexFunc(refs, func(r *plumbing.Reference) bool { return r.Name() == plumbing.HEAD })
	if i < 0 {
		return plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.Master)
	}
	return refs[i]
}

// clone fetches into a new memory; depth 0 is all of the history.
func (m *Remote) clone(ctx context.Context, specs []config.RefSpec, depth int, head *plumbing.Reference) (*Repo, error) {
	s := memory.NewStorage()
	if err := m.fetch(ctx, s, specs, depth); err != nil {
		return nil, err
	}
	if err := s.SetReference(head); err != nil {
		return nil, m.told("reading", err)
	}
	repo, err := git.Open(s, nil)
	if err != nil {
		return nil, m.told("reading", err)
	}
	return &Repo{
		fetched: fetched{remote: m, memory: s},
		git:     repo, objects: inMemory{s}, root: m.url, bare: true, walks: map[plumbing.Hash]*walk{},
	}, nil
}

func (m *Remote) fetch(ctx context.Context, into *memory.Storage, specs []config.RefSpec, depth int) error {
	err := m.on(into).FetchContext(ctx, &git.FetchOptions{RefSpecs: specs, Depth: depth, Auth: m.auth, Tags: git.NoTags})
	if err != nil && !errors.Is(err, git.NoErrAlreadyUpToDate) {
		return m.told("fetching from", err)
	}
	return nil
}

// told says what a person can do about an answer of the remote.
func (m *Remote) told(what string, err error) error {
	switch {
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed),
		errors.Is(err, transport.ErrInvalidAuthMethod):
		return fmt.Errorf("%s %s: it refuses the credentials, or there are none: set %s, or for ssh load a key into the agent: %w", what, m.url, tokenVariable, err)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fmt.Errorf("%s %s: there is no such repository, or the credentials may not see it: %w", what, m.url, err)
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return fmt.Errorf("%s %s: the repository has no commits yet: %w", what, m.url, err)
	default:
		return fmt.Errorf("%s %s: %w", what, m.url, err)
	}
}

// advertised finds the reference that a name stands for, by the rules of
// gitrevisions. HEAD stands for the branch that it points to.
func advertised(refs []*plumbing.Reference, name string) *plumbing.Reference {
	if name == "@" {
		name = headName
	}
	for _, rule := range plumbing.RefRevParseRules {
		full := plumbing.ReferenceName(fmt.Sprintf(rule, name))
		i := slices.IndexFunc(refs, func(r *plumbing.Reference) bool { return r.Name() == full })
		switch {
		case i < 0:
		case refs[i].Type() == plumbing.SymbolicReference:
			return advertised(refs, refs[i].Target().String())
		default:
			return refs[i]
		}
	}
	return nil
}

// steps is how many commits a revision goes back at most.
func steps(back string) int {
	n := 0
	for _, s := range step.FindAllString(back, -1) {
		n += stepLength(s)
	}
	return n
}
