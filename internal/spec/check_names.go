package spec

import (
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"gopkg.in/yaml.v3"

	"github.com/amisync/amisync/pkg/state"
)

// anySource stands for an AMI id that only the look-up will tell.
const anySource = "ami-0123456789abcdef0"

// lastGeneration is the one whose suffix every name leaves room for.
const lastGeneration = 99

var templateFields = []string{"Image", "SourceID"}

// decodeNode takes templates of plain text, {{ .Image }} and {{ .SourceID }}.
// Anything more could give two sources one name, or never end.
func (t *nameTemplate) decodeNode(d *decoder, n *yaml.Node, p place) {
	if !isText(n) {
		d.wrongType(n, p, wantText)
		return
	}
	if reason, _ := nameTemplateForm.problem(n.Value); reason != "" {
		d.report(n, "", "%s: %s", p, reason)
		return
	}
	if reason, suggestion := templateProblem(n.Value); reason != "" {
		d.report(n, suggestion, "%s: %s", p, reason)
		return
	}
	*t = nameTemplate(n.Value)
}

func templateProblem(text string) (reason, suggestion string) {
	tmpl, err := template.New("name").Parse(text)
	if err != nil {
		return fmt.Sprintf("%q is not a template: %s", clip(text), strings.TrimPrefix(err.Error(), "template: name:1: ")), ""
	}
	used := map[string]bool{}
	for _, n := range tmpl.Root.Nodes {
		if n.Type() == parse.NodeText {
			continue
		}
		field := fieldOf(n)
		if !slices.Contains(templateFields, field) {
			return fmt.Sprintf("%s is not known in a name: write {{ .Image }} and {{ .SourceID }} and plain text", clip(n.String())), closest(field, templateFields)
		}
		used[field] = true
	}
	for _, field := range templateFields {
		if !used[field] {
			return fmt.Sprintf("%q must use {{ .%s }} too, so that no two copies get one name", clip(text), field), ""
		}
	}
	return "", ""
}

// fieldOf is the field that a template's action prints, and nothing else.
func fieldOf(n parse.Node) string {
	a, ok := n.(*parse.ActionNode)
	if !ok || len(a.Pipe.Decl) > 0 || len(a.Pipe.Cmds) != 1 || len(a.Pipe.Cmds[0].Args) != 1 {
		return ""
	}
	f, ok := a.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(f.Ident) != 1 {
		return ""
	}
	return f.Ident[0]
}

// name wants a name that EC2 takes for every generation.
func (c checker) name(im declared) {
	id := string(im.Source.ID)
	if id == "" {
		id = anySource
	}
	if im.Name != nil && *im.Name == "" {
		return
	}
	n := c.key(im.place.path)
	if c.has(im, "name") {
		n = c.node(im.place.path + ".name")
	}
	name, err := state.CopyName(im.template(), im.name, id)
	if err != nil {
		c.report(n, "", "name of image %s: %v: change it", im.name, err)
		return
	}
	last := state.GenerationName(name, lastGeneration)
	if err := state.CheckName(last); err != nil {
		c.report(n, "", "name of image %s: %v, and later generations get a suffix such as -g%d: shorten it", im.name, err, lastGeneration)
	}
}

func (im declared) template() string {
	if im.Name == nil {
		return state.DefaultNameTemplate
	}
	return string(*im.Name)
}

// sameName refuses two images whose copies would have one name in one Region:
// EC2 keeps names unique there (CopyImage, InvalidAMIName.Duplicate).
func (c checker) sameName() {
	named := map[string][]declared{}
	for _, im := range c.file.images {
		name, err := state.CopyName(im.template(), im.name, anySource)
		if err != nil {
			continue
		}
		for _, other := range named[name] {
			if mayShareSource(im, other) && c.clash(im, other, "name",
				"name of image %s: its copies would have the same name as those of image %s in %s: change one of the two") {
				break
			}
		}
		named[name] = append(named[name], im)
	}
}

// mayShareSource reports whether two images can come from one AMI.
func mayShareSource(a, b declared) bool {
	return a.Source.ID == "" || b.Source.ID == "" || a.Source.ID == b.Source.ID
}

// sameParameter refuses two images that write one parameter.
func (c checker) sameParameter() {
	named := map[ssmName][]declared{}
	for _, im := range c.file.images {
		if im.Publish == nil || im.Publish.SSM == "" {
			continue
		}
		for _, other := range named[im.Publish.SSM] {
			if c.clash(im, other, "publish.ssm",
				"publish.ssm of image %s: image %s publishes the same parameter in %s: give each its own") {
				break
			}
		}
		named[im.Publish.SSM] = append(named[im.Publish.SSM], im)
	}
}

// clash reports two images that meet in a Region.
func (c checker) clash(im, other declared, field, format string) bool {
	if !c.spend(1 + len(im.Regions.names) + len(other.Regions.names)) {
		return true
	}
	where, meets := c.file.meet(im, other)
	if !meets {
		return false
	}
	n := c.key(im.place.path)
	if c.wrote(im, field) {
		n = c.node(im.place.path + "." + field)
	}
	c.report(n, "", format, im.name, other.name, where)
	return true
}

// formerly refuses a former name that is declared now, or claimed twice.
func (c checker) formerly() {
	claimed := map[imageName]string{}
	for _, im := range c.file.images {
		for i, old := range im.Formerly {
			n := c.node(im.place.key("formerly").item(i).path)
			by, twice := claimed[old]
			_, declared := c.file.doc.Images[old]
			switch {
			case old == "":
			case declared:
				c.report(n, "", "formerly of image %s: %q is an image of this file: its copies are its own; take the name away here", im.name, old)
			case twice && by != im.name:
				c.report(n, "", "formerly of image %s: image %s claims %q too: one image can take the copies over", im.name, by, old)
			}
			claimed[old] = im.name
		}
	}
}
