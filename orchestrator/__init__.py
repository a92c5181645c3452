"""From a YAML file to finished trials: the spec, the plan, the launch, the journal and the tracker."""
