// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Who may run the exchange, and who may stop it: admins, operators, and each user for itself.
abstract contract ExchangeControls {
    error OnlyAdmin();
    error OnlyOperator();
    error TradingPaused();
    error UserIsPaused();
    error UserAlreadyPaused();
    error ExceedsMaxPauseInterval();
    error MaxFeeRateTooHigh();

    event TradingPauseChanged(address indexed by, bool paused);
    event UserPaused(address indexed user, uint256 effectivePauseBlock);
    event UserUnpaused(address indexed user);

    uint256 internal constant BPS = 10_000;
    /// As reported for production.
    uint256 private constant DEFAULT_USER_PAUSE_BLOCKS = 100;
    uint256 private constant MAX_USER_PAUSE_BLOCKS = 302_400;
    /// 10%: the highest published schedule, 7% of p(1-p) a share, stays below 7% of what changes hands.
    uint256 private constant DEFAULT_MAX_FEE_RATE_BPS = 1_000;

    mapping(address account => bool) public isAdmin;
    mapping(address account => bool) public isOperator;
    bool public paused;
    uint256 public userPauseBlockInterval = DEFAULT_USER_PAUSE_BLOCKS;
    /// The block from which a user's pause is in effect; zero means no pause.
    mapping(address user => uint256) public userPausedBlockAt;
    uint256 private maxFeeRateBps = DEFAULT_MAX_FEE_RATE_BPS;

    modifier onlyAdmin() {
        if (!isAdmin[msg.sender]) revert OnlyAdmin();
        _;
    }

    modifier onlyOperator() {
        if (!isOperator[msg.sender]) revert OnlyOperator();
        _;
    }

    modifier notPaused() {
        if (paused) revert TradingPaused();
        _;
    }

    constructor(address admin) {
        isAdmin[admin] = true;
        isOperator[admin] = true;
    }

    function addAdmin(address account) external onlyAdmin {
        isAdmin[account] = true;
    }

    function removeAdmin(address account) external onlyAdmin {
        isAdmin[account] = false;
    }

    function addOperator(address account) external onlyAdmin {
        isOperator[account] = true;
    }

    function removeOperator(address account) external onlyAdmin {
        isOperator[account] = false;
    }

    function pauseTrading() external onlyAdmin {
        paused = true;
        emit TradingPauseChanged(msg.sender, true);
    }

    function unpauseTrading() external onlyAdmin {
        paused = false;
        emit TradingPauseChanged(msg.sender, false);
    }

    function getMaxFeeRate() public view returns (uint256) {
        return maxFeeRateBps;
    }

    function setMaxFeeRate(uint256 bps) external onlyAdmin {
        if (bps > BPS) revert MaxFeeRateTooHigh();
        maxFeeRateBps = bps;
    }

    function setUserPauseBlockInterval(uint256 blocks) external onlyAdmin {
        if (blocks > MAX_USER_PAUSE_BLOCKS) revert ExceedsMaxPauseInterval();
        userPauseBlockInterval = blocks;
    }

    /// Stops every order of the caller from settling, `userPauseBlockInterval` blocks from now. A pause that was asked for already
    /// cannot be asked for again, so that nobody moves it further away by being impatient.
    function pauseUser() external {
        if (userPausedBlockAt[msg.sender] != 0) revert UserAlreadyPaused();
        uint256 effective = block.number + userPauseBlockInterval;
        userPausedBlockAt[msg.sender] = effective;
        emit UserPaused(msg.sender, effective);
    }

    /// Lifts a pause, or takes back one that is not in effect yet, at once.
    function unpauseUser() external {
        userPausedBlockAt[msg.sender] = 0;
        emit UserUnpaused(msg.sender);
    }

    function isUserPaused(address user) public view returns (bool) {
        uint256 from = userPausedBlockAt[user];
        return from != 0 && block.number >= from;
    }
}
