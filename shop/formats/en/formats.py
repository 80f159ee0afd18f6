"""How dates are written where no template says otherwise, so that lists look like the pages beside them."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, g:i a"
TIME_FORMAT = "g:i a"
