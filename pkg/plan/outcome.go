package plan

import "github.com/amisync/amisync/pkg/state"

// Incomplete reports whether something in scope could not be seen: a Region, or
// a declared cell. What is only optional does not count, and neither does what
// a filter hides.
func (p Plan) Incomplete() bool {
	seen := map[state.Target]bool{} // Regions with declared cells; true: one of them is not optional
	for _, c := range p.Cells {
		if !c.Declared {
			continue
		}
		if c.Status == Unseen && !c.Optional {
			return true
		}
		t := state.Target{Account: c.Account, Region: c.Region}
		seen[t] = seen[t] || !c.Optional
	}
	for _, r := range p.Regions {
		if needed, declared := seen[state.Target{Account: r.Account, Region: r.Region}]; r.Status == state.Unknown && (needed || !declared) {
			return true
		}
	}
	return false
}

// Unserved are the declared cells, but the optional ones, that have no usable
// copy of any source and where something is blocked: nothing can be launched
// there, and no later run will change that by itself. What only waits for a
// review is not counted.
func (p Plan) Unserved() []state.Cell {
	blocked := map[state.Cell]bool{}
	for _, a := range p.Actions {
		if len(a.Blocked) > 0 && a.Blocked[0].Code != NotReviewed && !a.Waits() {
			blocked[a.Cell()] = true
		}
	}
	var cells []state.Cell
	for _, c := range p.Cells {
		if cell := c.Cell(); c.Declared && !c.Optional && !c.Usable && blocked[cell] {
			cells = append(cells, cell)
		}
	}
	return cells
}

// Optional reports whether a cell is one whose failure decides nothing.
func (p Plan) Optional(cell state.Cell) bool {
	for _, c := range p.Cells {
		if c.Cell() == cell {
			return c.Optional
		}
	}
	return false
}

// Cell is the square of the matrix that the action is in.
func (a Action) Cell() state.Cell {
	return state.Cell{Image: a.Image, Account: a.Account, Region: a.Region}
}

// Cell is the square's key.
func (c CellView) Cell() state.Cell {
	return state.Cell{Image: c.Image, Account: c.Account, Region: c.Region}
}
