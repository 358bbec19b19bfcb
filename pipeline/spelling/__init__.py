"""Writing by sound: right sounds that the recogniser wrote in wrong characters are written anew as the hotline speaks."""
