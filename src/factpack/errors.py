"""What can go wrong with a run, as opposed to with the data (which is a `report.Finding`)."""


class FactpackError(Exception):
    """Base of every error that factpack raises on purpose."""


class ConfigurationError(FactpackError):
    """The project or the command line asks for something that does not exist or make sense (exit code 2)."""


class InternalError(FactpackError):
    """A check, a transform or a worker failed to do its own work: the data was not judged (exit code 3)."""


class PublishingError(FactpackError):
    """A version could not be published; what was published before is untouched (exit code 2)."""


class IntegrityError(FactpackError):
    """A published file is not what its descriptor says it is."""
