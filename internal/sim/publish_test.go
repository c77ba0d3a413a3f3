package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/amisync/amisync/pkg/plan"
)

// A parameter that could not be deleted when `publish` was renamed is not
// forgotten: it goes when it may, or with the copy that it names.
func TestRenamedParametersAreRemembered(t *testing.T) {
	const first, second, third = "    publish: {ssm: /amis/web/a}\n", "    publish: {ssm: /amis/web/b}\n", "    publish: {ssm: /amis/web/c}\n"
	const base = "    regions: [eu-west-1]\n    lifecycle: {grace: 1d}\n"
	keeping := func(text string) string { return strings.Replace(text, "prune: true", "prune: false", 1) }
	for name, last := range map[string]string{
		"pruned again":  declare(labSource, base+third),
		"image removed": strings.Replace(declare(labSource, base), "  web:\n", "  other:\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, asIs, func(l *lab) {
				l.done(declare(labSource, base+first))
				res := l.sync(keeping(declare(labSource, base+second)))
				if code := blocked(res.plan)[plan.Unpublish]; code != plan.PruneOff {
					t.Fatalf("unpublish blocked by %q", code)
				}
				l.sync(keeping(declare(labSource, base+third)))
				for range 3 {
					l.sync(last)
					time.Sleep(5 * 24 * time.Hour) // the grace of what is not declared is a week
				}
				l.unchanged(last)
				var names []string
				for _, p := range l.cloud.Inspect(account, ireland).Parameters {
					names = append(names, p.Name)
				}
				if want := strings.Count(last, "/amis/web/c"); len(names) != want {
					t.Errorf("parameters %v, want %d", names, want)
				}
			})
		})
	}
}
