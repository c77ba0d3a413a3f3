package state

import (
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

// DefaultNameTemplate is the name of a copy where amis.yaml gives none.
const DefaultNameTemplate = "{{ .Image }}-{{ .SourceID }}"

// CopyName renders the name of a copy's first generation. A template that
// fails, or a name that EC2 would refuse, is an error.
func CopyName(tmpl, image, sourceID string) (string, error) {
	t, err := template.New("name").Option("missingkey=error").Parse(tmpl)
	if err != nil {
		return "", fmt.Errorf("parsing name template %q: %w", tmpl, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, map[string]string{"Image": image, "SourceID": sourceID}); err != nil {
		return "", fmt.Errorf("rendering name template %q: %w", tmpl, err)
	}
	return b.String(), CheckName(b.String())
}

// GenerationName is the name of generation n: the second and later ones carry
// a suffix, because EC2 wants names unique in an account's Region and frees
// them late.
func GenerationName(base string, n int) string {
	if n < 2 {
		return base
	}
	return fmt.Sprintf("%s-g%d", base, n)
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9()\[\] ./\-'@_]{3,128}$`)

// CheckName applies EC2's rule for AMI names (CreateImage, RegisterImage:
// 3 to 128 of alphanumerics, ( ) [ ] space . / - ' @ _).
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q is not an AMI name: EC2 takes 3 to 128 letters, digits, spaces and ( ) [ ] . / - ' @ _", name)
	}
	return nil
}
