package sandbox_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
)

// TestDocs holds docs/sandbox.md to the code: its scene is one, and it lists
// every assumption, effect and setting.
func TestDocs(t *testing.T) {
	page := string(must(os.ReadFile(docs))(t))
	example := between(page, "```yaml\n", "```")
	if _, err := sandbox.New(scene(t, example)); err != nil {
		t.Errorf("the example scene: %v", err)
	}
	for _, kind := range []reflect.Type{reflect.TypeFor[sandbox.Assumptions](), reflect.TypeFor[sandbox.Fault](), reflect.TypeFor[sandbox.Delays](), reflect.TypeFor[sandbox.Timing](), reflect.TypeFor[sandbox.Pages](), reflect.TypeFor[sandbox.Image](), reflect.TypeFor[sandbox.Account](), reflect.TypeFor[sandbox.RegionSettings]()} {
		for i := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(i).Tag.Get("yaml"), ",")
			if !strings.Contains(page, name) {
				t.Errorf("%s %s is not in docs/sandbox.md", kind.Name(), name)
			}
		}
	}
	for _, effect := range []sandbox.Effect{
		sandbox.EffectError, sandbox.EffectLatency, sandbox.EffectReset, sandbox.EffectLost, sandbox.EffectEmpty, sandbox.EffectTruncated,
		sandbox.EffectHTML, sandbox.EffectExpired, sandbox.EffectRegionDown, sandbox.EffectCopyFails, sandbox.EffectCopyGone,
	} {
		if !strings.Contains(page, "`"+string(effect)+"`") {
			t.Errorf("effect %s is not in docs/sandbox.md", effect)
		}
	}
}
