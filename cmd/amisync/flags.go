package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// planFlags are what plan, apply, sync and audit have in common.
type planFlags struct {
	fileFlags

	sandbox         string // "": AWS; inMemory, or a state file
	filter          plan.Filter
	trustTags       bool
	takeOver        bool
	allowRewind     bool
	retryFailed     bool
	allowIncomplete bool
	failOnBlocked   bool
	format          string
	out             string // plan --out
	jsonOut         string
	markdownOut     string
	timeout         time.Duration
	ahead           time.Duration
	pricesFile      string
	prices          *state.Prices
}

// inMemory is the value of --sandbox without a file.
const inMemory = ":memory:"

func (f *planFlags) register(flags *pflag.FlagSet, formats string) {
	f.fileFlags.register(flags)
	flags.StringVar(&f.sandbox, "sandbox", "", "run against the embedded simulated AWS, seeded from the file's own sources and kept in FILE between runs: --sandbox or --sandbox=FILE")
	flags.Lookup("sandbox").NoOptDefVal = inMemory
	flags.StringSliceVar(&f.filter.Images, "image", nil, "only images that match these globs")
	flags.StringSliceVar(&f.filter.Regions, "region", nil, "only Regions that match these globs")
	flags.StringSliceVar(&f.filter.ExcludeImages, "exclude-image", nil, "not the images that match these globs")
	flags.StringSliceVar(&f.filter.ExcludeRegions, "exclude-region", nil, "not the Regions that match these globs")
	flags.BoolVar(&f.trustTags, "trust-tags", false, "for emulators: believe the tags of a copy where EC2's own word on its source is missing (needs a custom endpoint)")
	flags.BoolVar(&f.takeOver, "take-over", false, "re-own and remove what another file or a former owner made")
	flags.BoolVar(&f.allowRewind, "allow-rewind", false, "remove also what a commit made that is no ancestor of this one")
	flags.BoolVar(&f.retryFailed, "retry-failed", false, "copy once more where two attempts gave a broken copy")
	flags.BoolVar(&f.allowIncomplete, "allow-incomplete", false, "do not exit with 7 where something could not be seen")
	flags.BoolVar(&f.failOnBlocked, "fail-on-blocked", false, "exit with 4 where anything is blocked")
	flags.StringVar(&f.format, "format", "", "what to print: "+formats)
	flags.StringVar(&f.jsonOut, "json-out", "", "also write the JSON form to this file")
	flags.StringVar(&f.markdownOut, "markdown-out", "", "also write the Markdown form to this file")
	flags.StringVar(&f.pricesFile, "prices", "", "tell costs, at the prices of this file (docs/plan.md)")
	flags.DurationVar(&f.timeout, "timeout", 0, "stop starting and waiting after this long, for example 90m (default: no limit)")
}

// check refuses globs that no name can match and formats that do not exist.
func (f *planFlags) check(formats ...string) error {
	for _, g := range slices.Concat(f.filter.Images, f.filter.Regions, f.filter.ExcludeImages, f.filter.ExcludeRegions) {
		if _, err := path.Match(g, ""); err != nil {
			return fmt.Errorf("reading the glob %q: %w", g, err)
		}
	}
	if err := f.readPrices(); err != nil {
		return err
	}
	if f.format == "" {
		f.format = formats[0]
	}
	if !slices.Contains(formats, f.format) {
		return fmt.Errorf("--format %s does not exist here: use one of %v", f.format, formats)
	}
	return nil
}

// options are the planner's policy.
func (f planFlags) options() plan.Options {
	return plan.Options{
		Filter: f.filter, TrustTags: f.trustTags, TakeOver: f.takeOver, AllowRewind: f.allowRewind,
		RetryFailed: f.retryFailed, AllowIncomplete: f.allowIncomplete, ToolVersion: version(),
		Ahead: f.ahead, Prices: f.prices,
	}
}

// readPrices reads the prices file, where one is given.
func (f *planFlags) readPrices() error {
	if f.pricesFile == "" {
		return nil
	}
	data, err := os.ReadFile(f.pricesFile)
	if err != nil {
		return fmt.Errorf("reading the prices: %w", err)
	}
	prices, err := spec.ParsePrices(f.pricesFile, data)
	f.prices = &prices
	return err
}

// planAhead reads --at: a sign and a duration.
func (f *planFlags) planAhead(at string) error {
	if at == "" {
		return nil
	}
	text, ok := strings.CutPrefix(at, "+")
	if !ok {
		return fmt.Errorf("reading --at: %q must begin with a +, for example +30d", at)
	}
	ahead, err := state.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("reading --at: %w", err)
	}
	f.ahead = ahead
	return nil
}
