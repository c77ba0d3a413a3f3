package sandbox

func quotaActions() map[string]action {
	return map[string]action{"GetServiceQuota": posted(getServiceQuota)}
}

type quotaInput struct {
	ContextID   string
	QuotaCode   string
	ServiceCode string
}

// getServiceQuota knows the quotas that bound images and snapshots (AWS
// General Reference, "Amazon EC2 endpoints and quotas" and "Amazon EBS
// endpoints and quotas").
func getServiceQuota(k *call, in *quotaInput) (any, error) {
	q := k.cloud.st.Settings.Quotas
	known := map[string]struct {
		name  string
		value int
	}{
		"ec2/L-B665C33B": {"AMIs", or(q.Images, 50_000)},
		"ec2/L-0E3CBAB9": {"Public AMIs", or(q.PublicImages, 5)},
		"ec2/L-70015FFA": {"AMI sharing", or(q.Shares, 1000)},
		"ebs/L-309BACF6": {"Snapshots per Region", or(q.Snapshots, 100_000)},
		"ebs/L-E137849C": {"Time-based snapshot copy throughput", or(q.TimedCopyMiBps, 2000)},
	}
	quota, ok := known[in.ServiceCode+"/"+in.QuotaCode]
	if !ok {
		return nil, fail("NoSuchResourceException", "The request failed because the specified quota does not exist: %s %s", in.ServiceCode, in.QuotaCode)
	}
	return map[string]any{"Quota": map[string]any{
		"ServiceCode": in.ServiceCode, "QuotaCode": in.QuotaCode, "QuotaName": quota.name, "Value": float64(quota.value),
		"QuotaArn":   arn(k.reg.Name, "servicequotas", k.acct.ID, in.ServiceCode+"/"+in.QuotaCode),
		"Adjustable": true, "GlobalQuota": false, "Unit": "None", "ServiceName": in.ServiceCode,
	}}, nil
}
