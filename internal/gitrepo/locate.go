package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// location is where a repository's parts are (gitrepository-layout).
type location struct {
	root string // of the work tree, or the repository itself when bare
	dir  string // HEAD and what else belongs to this work tree
	bare bool
}

// locate looks for .git upwards from a path, as git does, and for a bare
// repository at the path itself.
func locate(path string) (location, error) {
	for dir := path; ; dir = filepath.Dir(dir) {
		git := filepath.Join(dir, ".git")
		info, err := os.Stat(git)
		switch {
		case err == nil && info.IsDir():
			return location{root: dir, dir: git}, nil
		case err == nil:
			target, err := pointer(git, "gitdir: ")
			return location{root: dir, dir: target}, err
		case isBare(dir):
			return location{root: dir, dir: dir, bare: true}, nil
		case dir == filepath.Dir(dir):
			return location{}, fmt.Errorf("%s: %w", path, ErrNoRepository)
		}
	}
}

// isBare knows a bare repository as git does, by what is in it.
func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// pointer reads a file that names another path, like .git of a linked work
// tree or of a submodule.
func pointer(file, prefix string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(b), "\r\n"), prefix)
	if !ok {
		return "", fmt.Errorf("reading %s: it does not begin with %q", file, prefix)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(file), target)
	}
	return target, nil
}

// storage opens the objects and references. A linked work tree has its own
// HEAD and shares the rest.
func (l location) storage() (*storage, error) {
	fs := osfs.New(l.dir)
	common, err := pointer(filepath.Join(l.dir, "commondir"), "")
	switch {
	case err == nil:
		fs = dotgit.NewRepositoryFilesystem(fs, osfs.New(common))
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	top := filepath.VolumeName(l.dir) + string(filepath.Separator)
	s := filesystem.NewStorageWithOptions(fs, cache.NewObjectLRUDefault(), filesystem.Options{AlternatesFS: osfs.New(top)})
	return &storage{s}, nil
}

// storage is go-git's, without its refusal of extensions that change nothing
// for who only reads objects and references.
type storage struct{ *filesystem.Storage }

// Extensions by git-config's names: where a work tree's own configuration is,
// which objects a partial clone may lack, that nothing may be pruned, and that
// paths between work trees are relative.
var harmless = []string{"worktreeConfig", "partialClone", "preciousObjects", "relativeWorktrees"}

// Config leaves the harmless extensions out. actions/checkout sets some of
// them, for example with sparse-checkout.
func (s *storage) Config() (*config.Config, error) {
	c, err := s.Storage.Config()
	if err != nil {
		return nil, err
	}
	extensions := c.Raw.Section("extensions")
	for _, name := range harmless {
		extensions.RemoveOption(name)
	}
	return c, nil
}
