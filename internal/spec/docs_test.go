package spec

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every YAML block that the page marks as complete is a valid file, and every
// key of the schema is explained.
func TestDocumentationOfTheFile(t *testing.T) {
	const page = "../../docs/amis-yaml.md"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	says := schemaSays(t)
	blocks := regexp.MustCompile("(?s)```yaml complete\n(.*?)```").FindAllSubmatchIndex(b, -1)
	if len(blocks) == 0 {
		t.Fatal("no block is marked as complete")
	}
	for _, at := range blocks {
		block := b[at[2]:at[3]]
		line := 1 + strings.Count(string(b[:at[2]]), "\n")
		if _, err := Parse("block", block); err != nil {
			t.Errorf("%s:%d: %v", page, line, err)
		}
		if err := says(block); err != nil {
			t.Errorf("%s:%d: the schema refuses it: %v", page, line, err)
		}
	}
	for key := range descriptions {
		_, name, _ := strings.Cut(key, ".")
		if !regexp.MustCompile("`([a-z]+\\.)?"+name+"`").Match(b) && !strings.Contains(string(b), "| `"+name+".") {
			t.Errorf("%s does not explain %s", page, key)
		}
	}
}
