package state

import "cmp"

// Target is an account's Region: what one queue, one limiter and one poller
// work on. The account is in every key, so that more accounts can come.
type Target struct {
	Account string `json:"account"`
	Region  string `json:"region"`
}

// Cell is one square of the image × Region matrix.
type Cell struct {
	Image   string `json:"image"`
	Account string `json:"account"`
	Region  string `json:"region"`
}

// Target is the account and Region that the cell lies in.
func (c Cell) Target() Target { return Target{Account: c.Account, Region: c.Region} }

// Compare orders cells by image, account and Region: the order of every list
// that amisync prints.
func (c Cell) Compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Image, o.Image), cmp.Compare(c.Account, o.Account), cmp.Compare(c.Region, o.Region))
}

// Compare orders targets by account and Region.
func (t Target) Compare(o Target) int {
	return cmp.Or(cmp.Compare(t.Account, o.Account), cmp.Compare(t.Region, o.Region))
}
