package plan

// Kind is what an action does.
type Kind string

// Kinds of actions. Their values are keys of the JSON plan's summary.
const (
	Copy           Kind = "copy"
	Recopy         Kind = "recopy" // a copy that replaces another one
	Restore        Kind = "restore"
	Update         Kind = "update"
	Adopt          Kind = "adopt"
	Finish         Kind = "finish"
	Retire         Kind = "retire"
	Unpublish      Kind = "unpublish"
	Deregister     Kind = "deregister"
	DeleteSnapshot Kind = "delete_snapshot"
)

// Kinds are all kinds in the order that plans print them: destructive first.
func Kinds() []Kind {
	return []Kind{Deregister, DeleteSnapshot, Unpublish, Retire, Recopy, Copy, Restore, Adopt, Finish, Update}
}

// Destructive reports whether an action takes something away that a person may
// still be using. Limits, prune and the guards are about these.
func (k Kind) Destructive() bool {
	switch k {
	case Retire, Unpublish, Deregister, DeleteSnapshot:
		return true
	default:
		return false
	}
}

// Makes reports whether an action starts a copy.
func (k Kind) Makes() bool { return k == Copy || k == Recopy }
