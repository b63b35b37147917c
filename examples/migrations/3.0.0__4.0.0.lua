-- What steps cannot say: a value that is worked out. Sessions get the time at which they end, and
-- sessions without any activity go.
local LIFETIME = 24 * 60 * 60

return function(entry)
  if entry.namespace ~= "session" then
    return entry
  end
  local session = entry.value
  if type(session) ~= "table" or not session.last_active then
    return nil
  end
  session.expires_at = session.last_active + LIFETIME
  return entry
end
