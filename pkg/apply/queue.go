package apply

import (
	"cmp"
	"slices"
	"strings"
)

// queue holds the tasks of one Region that wait for a place, and is fair
// between images: each image has its turn, in the order of names, and within an
// image the plan's order holds. Its order does not depend on when a task came.
type queue struct {
	waiting []*ticket // sorted by image, then by place in the plan
	last    string    // the image that had its turn last
}

// ticket is a task's place in a queue.
type ticket struct {
	task    *task
	granted chan grant // holds one
}

func compareTickets(a, b *ticket) int {
	return cmp.Or(strings.Compare(a.task.Image, b.task.Image), cmp.Compare(a.task.order, b.task.order))
}

func (q *queue) push(t *ticket) {
	i, _ := slices.BinarySearchFunc(q.waiting, t, compareTickets)
	q.waiting = slices.Insert(q.waiting, i, t)
}

// pop takes the first ticket of the image whose turn it is. The queue must not
// be empty.
func (q *queue) pop() *ticket {
	i := slices.IndexFunc(q.waiting, func(t *ticket) bool { return t.task.Image > q.last })
	i = max(i, 0)
	t := q.waiting[i]
	q.waiting = slices.Delete(q.waiting, i, i+1)
	q.last = t.task.Image
	return t
}

// remove takes a ticket out, and reports whether it still was there.
func (q *queue) remove(t *ticket) bool {
	i := slices.Index(q.waiting, t)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// ahead are the next n tasks, in the order in which they will have their turn.
func (q *queue) ahead(n int) []*task {
	rest := queue{waiting: slices.Clone(q.waiting), last: q.last}
	var tasks []*task
	for len(rest.waiting) > 0 && len(tasks) < n {
		tasks = append(tasks, rest.pop().task)
	}
	return tasks
}
