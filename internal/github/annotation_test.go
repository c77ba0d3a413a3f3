package github_test

import (
	"bytes"
	"testing"

	"github.com/amisync/amisync/internal/github"
)

func TestAnnotate(t *testing.T) {
	for name, c := range map[string]struct {
		annotation github.Annotation
		want       string
	}{
		"a place":          {github.Annotation{"amis.yaml", 3, 7, "unknown key"}, "::error file=amis.yaml,line=3,col=7::unknown key\n"},
		"a file":           {github.Annotation{File: "amis.yaml", Text: "missing"}, "::error file=amis.yaml::missing\n"},
		"no column":        {github.Annotation{File: "a", Line: 2, Text: "x"}, "::error file=a,line=2::x\n"},
		"a column alone":   {github.Annotation{File: "a", Column: 2, Text: "x"}, "::error file=a::x\n"},
		"nothing but text": {github.Annotation{Text: "x"}, "::error::x\n"},
		"many lines":       {github.Annotation{Text: "100%\r\n::set-output name=a::b"}, "::error::100%25%0D%0A::set-output name=a::b\n"},
		"an evil path":     {github.Annotation{File: "a,line=9:\n%", Text: "x"}, "::error file=a%2Cline=9%3A%0A%25::x\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := github.Annotate(&b, c.annotation); err != nil || b.String() != c.want {
				t.Errorf("Annotate = %q, %v, want %q", b.String(), err, c.want)
			}
		})
	}
}
