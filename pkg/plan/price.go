package plan

// price writes what an action costs where the prices are known: once for the
// transfer and a time-based copy's surcharge, monthly for what is stored. What
// a removal frees is "up to" its monthly figure: blocks that other snapshots
// share stay stored.
func (p *planner) price(a *Action) {
	if p.o.Prices == nil || a.Estimate.GiB == 0 {
		return
	}
	storage, known := p.o.Prices.StorageIn(a.Region)
	if known && (a.Kind.Makes() || a.Kind == Deregister || a.Kind == DeleteSnapshot) {
		monthly := storage * a.Estimate.GiB
		a.Estimate.Monthly = &monthly
	}
	if a.Do.Copy == nil {
		return
	}
	transfer, moved := p.o.Prices.TransferTo(a.SourceRegion, a.Region)
	timed, charged := p.o.Prices.TimedWithin(a.Do.Copy.CompleteWithin)
	if moved && charged {
		once := (transfer + timed) * a.Estimate.GiB
		a.Estimate.Once = &once
	}
}
