package aws_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
)

func parameter(name string) state.ParameterQuery {
	return state.ParameterQuery{Account: account, Region: "eu-west-1", Name: name}
}

func ours(image string) map[string]string {
	return map[string]string{state.TagOwner: "platform", state.TagImage: image}
}

// publish makes a copy and publishes it as the engine does.
func (w *world) publish(t *testing.T, image, name string) string {
	t.Helper()
	id := w.copied(t, "eu-west-1", image)[0]
	if err := w.client.SetTags(t.Context(), in("eu-west-1"), []string{id}, map[string]string{state.TagPublished: name}); err != nil {
		t.Fatal(err)
	}
	if err := w.client.NewParameter(t.Context(), in("eu-west-1"), name, id, ours(image)); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestParametersBudget: steady parameters cost a request for ten of them and
// one listing per Region, however many there are.
func TestParametersBudget(t *testing.T) {
	w := newWorld(t, sources)
	var q plan.Query
	want := map[state.ParameterQuery]state.Answer[state.Parameter]{}
	for i := range 12 {
		image, name := fmt.Sprintf("web%d", i), fmt.Sprintf("/amis/%d", i)
		id := w.publish(t, image, name)
		q.Parameters = append(q.Parameters, parameter(name))
		want[parameter(name)] = state.Answer[state.Parameter]{Value: state.Parameter{Exists: true, Value: id, Tags: ours(image)}}
	}
	live := w.read(t)
	w.counted()
	if diff := cmp.Diff(want, w.answer(t, q, &live).Parameters); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"ssm:GetParameters": 2, "ssm:DescribeParameters": 1}, w.counted()); diff != "" {
		t.Error(diff)
	}
}

// TestParameterTags: whose a parameter is, is never guessed. Where the AMI in
// it and the listing do not agree, its own tags are read.
func TestParameterTags(t *testing.T) {
	w := newWorld(t, sources+`
parameters:
- {region: eu-west-1, name: /amis/theirs, value: ami-0bbbbbbbbbbbbbbb1, tags: {team: other}}
- {region: eu-west-1, name: /amis/other-owner, value: ami-0bbbbbbbbbbbbbbb1, tags: {"amisync:owner": other, "amisync:image": web}}
- {region: eu-west-1, name: /amis/old-value, value: ami-0bbbbbbbbbbbbbbb1, tags: {"amisync:owner": platform, "amisync:image": web}}
`)
	// The AMI says that it is published where somebody else's parameter names it.
	published := w.publish(t, "web", "/amis/ours")
	if err := w.client.NewParameter(t.Context(), in("eu-west-1"), "/amis/taken", published, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.client.SetTags(t.Context(), in("eu-west-1"), []string{published}, map[string]string{state.TagPublished: "/amis/taken"}); err != nil {
		t.Fatal(err)
	}
	live := w.read(t)
	want := map[string]map[string]string{
		"/amis/theirs": nil, "/amis/other-owner": nil, "/amis/old-value": ours("web"), "/amis/taken": {}, "/amis/ours": ours("web"),
	}
	var q plan.Query
	for name := range want {
		q.Parameters = append(q.Parameters, parameter(name))
	}
	q.Parameters = append(q.Parameters, parameter("/amis/none"))
	got := w.answer(t, q, &live).Parameters
	for name, tags := range want {
		if a := got[parameter(name)]; !a.Known() || !a.Value.Exists || !cmp.Equal(a.Value.Tags, tags) {
			t.Errorf("%s: %+v, %+v; want tags %v", name, a.Value, a.Problem, tags)
		}
	}
	if a := got[parameter("/amis/none")]; !a.Known() || a.Value.Exists {
		t.Errorf("a parameter that is not there: %+v", a)
	}
}

func TestParametersThatCannotBeListed(t *testing.T) {
	w := newWorld(t, sources)
	w.publish(t, "web", "/amis/ours")
	live := w.read(t)
	w.AddFault(sandbox.Fault{Service: "ssm", Operation: "DescribeParameters", Code: "AccessDeniedException", Status: 400})
	got := w.answer(t, plan.Query{Parameters: []state.ParameterQuery{parameter("/amis/ours"), parameter("/amis/none")}}, &live).Parameters
	if a := got[parameter("/amis/ours")]; a.Known() || a.Problem.Code != "AccessDeniedException" {
		t.Errorf("%+v", a)
	}
	if a := got[parameter("/amis/none")]; !a.Known() {
		t.Errorf("a parameter that is not there: %+v", a.Problem)
	}
}

func TestPutParameterOverwritesAndTags(t *testing.T) {
	w := newWorld(t, sources+`
parameters: [{region: eu-west-1, name: /amis/web, value: ami-0bbbbbbbbbbbbbbb1, tags: {team: other}}]
`)
	id := w.copied(t, "eu-west-1", "web")[0]
	ctx, target := t.Context(), in("eu-west-1")
	if err := w.client.NewParameter(ctx, target, "/amis/web", id, ours("web")); state.CodeOf(err) != "ParameterAlreadyExists" {
		t.Errorf("making one that is there: %v", err)
	}
	if err := w.client.PutParameter(ctx, target, "/amis/web", id, ours("web")); err != nil {
		t.Fatal(err)
	}
	got, err := w.client.Parameter(ctx, target, "/amis/web")
	want := state.Parameter{Exists: true, Value: id, Tags: map[string]string{"team": "other", state.TagOwner: "platform", state.TagImage: "web"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for range 2 { // the second time it is gone already
		if err := w.client.DeleteParameter(ctx, target, "/amis/web"); err != nil {
			t.Error(err)
		}
	}
	if got, err := w.client.Parameter(ctx, target, "/amis/web"); err != nil || got.Exists {
		t.Errorf("%+v, %v", got, err)
	}
}
